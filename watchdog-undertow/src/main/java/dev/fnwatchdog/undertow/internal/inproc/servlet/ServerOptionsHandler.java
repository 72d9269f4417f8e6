package dev.fnwatchdog.undertow.internal.inproc.servlet;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;

/**
 * Responds to {@code OPTIONS *}, which is about the server and none of its resources (RFC 9110, 9.3.7; specification 5.7). No
 * servlet has such a path.
 */
record ServerOptionsHandler(HttpHandler next) implements HttpHandler {
    private static final String SERVER = "*";

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (exchange.getRequestMethod().equals(Methods.OPTIONS)
                && exchange.getRequestURI().equals(SERVER)) {
            exchange.getResponseHeaders().put(Headers.ALLOW, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
            exchange.endExchange();
        } else {
            next.handleRequest(exchange);
        }
    }
}
