package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.core.limit.ConcurrencyLimit;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;

/**
 * Refuses a request where all permits are taken and the queue is full too (specification 7.3), before its token is verified. It
 * takes no permit: what happens until the token is verified is the same as for a request that arrives then.
 *
 * <p>Threads: the exchange's I/O thread.
 */
public final class ReachedLimitHandler implements HttpHandler {
    private final HttpHandler next;
    private final ConcurrencyLimit limit;
    private final CannedResponse refusal;

    public ReachedLimitHandler(HttpHandler next, ConcurrencyLimit limit) {
        this.next = next;
        this.limit = limit;
        this.refusal = CannedResponse.limitExceeded(limit.max());
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (limit.isReached()) {
            refusal.send(exchange);
        } else {
            next.handleRequest(exchange);
        }
    }
}
