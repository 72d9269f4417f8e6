package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;

/**
 * Passes GET and HEAD, and responds with 405 to every other method (specification 1.25, 2.1, 2.2, 2.8).
 *
 * <p>Threads: the exchange's I/O thread.
 */
public record ReadOnlyHandler(HttpHandler next) implements HttpHandler {
    private static final CannedResponse NOT_ALLOWED =
            CannedResponse.of(StatusCodes.METHOD_NOT_ALLOWED).with(Headers.ALLOW, "GET, HEAD");

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        HttpString method = exchange.getRequestMethod();
        if (method.equals(Methods.GET) || method.equals(Methods.HEAD)) {
            next.handleRequest(exchange);
        } else {
            NOT_ALLOWED.send(exchange);
        }
    }
}
