package com.example;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;

/** Greets whoever calls: with the name in the body of a POST, else the world. */
public final class Greeter implements HttpHandler {
    @Override
    public void handleRequest(HttpServerExchange exchange) {
        // On an IO thread, so nothing here may block; exchange.dispatch(...) leads to a thread that may.
        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/plain; charset=utf-8");
        exchange.getRequestReceiver()
                .receiveFullString((received, name) ->
                        received.getResponseSender().send("hello, " + (name.isEmpty() ? "world" : name) + "\n"));
    }
}
