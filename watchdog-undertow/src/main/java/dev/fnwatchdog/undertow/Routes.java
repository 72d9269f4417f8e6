package dev.fnwatchdog.undertow;

import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;

/**
 * Routes health and readiness probes to their handlers and every other request to the function. Probes are therefore neither
 * counted, limited, authorized nor logged (specification 2.7).
 *
 * <p>Threads: the exchange's I/O thread.
 */
record Routes(HttpHandler health, HttpHandler ready, HttpHandler function) implements HttpHandler {
    private static final String HEALTH = "/_/health";
    private static final String READY = "/_/ready";

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        handlerOf(RequestTarget.path(exchange)).handleRequest(exchange);
    }

    private HttpHandler handlerOf(String path) {
        if (path.startsWith("/_/")) {
            if (path.equals(HEALTH)) {
                return health;
            }
            if (path.equals(READY)) {
                return ready;
            }
        }
        return function;
    }
}
