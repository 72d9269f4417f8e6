package dev.fnwatchdog.undertow;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;

/**
 * Lets GET and HEAD pass to what can only be looked at, and answers 405 to everything else (contract 2).
 *
 * <p>Threads: the exchange's IO thread.
 */
final class ReadOnlyHandler implements HttpHandler {
    private static final Answer NOT_ALLOWED =
            Answer.of(StatusCodes.METHOD_NOT_ALLOWED).with(Headers.ALLOW, "GET, HEAD");

    private final HttpHandler next;

    ReadOnlyHandler(HttpHandler next) {
        this.next = next;
    }

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
