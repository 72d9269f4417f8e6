package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
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
public final class ReadOnlyHandler implements HttpHandler {
    private static final CannedResponse NOT_ALLOWED =
            CannedResponse.of(StatusCodes.METHOD_NOT_ALLOWED).with(Headers.ALLOW, "GET, HEAD");

    private final HttpHandler next;

    public ReadOnlyHandler(HttpHandler next) {
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
