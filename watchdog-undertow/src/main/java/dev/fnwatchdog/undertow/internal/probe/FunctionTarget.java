package dev.fnwatchdog.undertow.internal.probe;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;

/** The target of a request that a probe or a scrape causes: GET on a path of the function. */
final class FunctionTarget {
    private FunctionTarget() {}

    /** Makes the request of {@code exchange} one to {@code path}, with its own header fields; it does not become a tunnel. */
    static void set(HttpServerExchange exchange, String path) {
        HttpString method = exchange.getRequestMethod();
        exchange.addResponseWrapper((factory, probe) -> {
            // Only the function gets GET; whether the response has a body depends on the method that came.
            probe.setRequestMethod(method);
            return factory.create();
        });
        exchange.setRequestMethod(Methods.GET);
        exchange.setRequestURI(path, false);
        exchange.setQueryString("");
        exchange.getRequestHeaders().remove(Headers.UPGRADE);
        if (exchange.isRequestComplete()) {
            exchange.getRequestHeaders().remove(Headers.CONTENT_LENGTH);
        }
    }
}
