package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.config.Timeouts;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;

/**
 * Begins the {@link Call} that the handlers behind it work with.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class CallHandler implements HttpHandler {
    private final HttpHandler next;
    private final IoLoops loops;
    private final Timeouts timeouts;

    CallHandler(HttpHandler next, IoLoops loops, Timeouts timeouts) {
        this.next = next;
        this.loops = loops;
        this.timeouts = timeouts;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Call.begin(exchange, loops.of(exchange), timeouts);
        next.handleRequest(exchange);
    }
}
