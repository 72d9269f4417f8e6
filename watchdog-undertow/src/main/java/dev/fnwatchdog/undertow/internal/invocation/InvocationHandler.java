package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.undertow.internal.io.IoLoops;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;

/**
 * Begins the {@link Invocation} that the handlers behind it use.
 *
 * <p>Threads: the exchange's I/O thread.
 */
public final class InvocationHandler implements HttpHandler {
    private final HttpHandler next;
    private final IoLoops loops;
    private final Timeouts timeouts;

    public InvocationHandler(HttpHandler next, IoLoops loops, Timeouts timeouts) {
        this.next = next;
        this.loops = loops;
        this.timeouts = timeouts;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Invocation.begin(exchange, loops.of(exchange), timeouts);
        next.handleRequest(exchange);
    }
}
