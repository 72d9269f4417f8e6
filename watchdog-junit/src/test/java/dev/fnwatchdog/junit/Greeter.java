package dev.fnwatchdog.junit;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** A function that greets, and counts how often it was created and closed. */
public final class Greeter implements HttpHandler, AutoCloseable {
    static final AtomicInteger CREATED = new AtomicInteger();
    static final AtomicInteger CLOSED = new AtomicInteger();

    public Greeter() {
        CREATED.incrementAndGet();
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) {
        exchange.getRequestReceiver()
                .receiveFullString(
                        (received, name) -> received.getResponseSender()
                                .send("%s %s%s"
                                        .formatted(
                                                received.getRequestMethod(),
                                                received.getRequestURI(),
                                                name.isEmpty() ? "" : " " + name)),
                        StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        CLOSED.incrementAndGet();
    }
}
