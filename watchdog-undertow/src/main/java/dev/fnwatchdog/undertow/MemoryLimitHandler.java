package dev.fnwatchdog.undertow;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.util.function.BooleanSupplier;

/**
 * Refuses new requests with 503 while those that are served already take the memory (contract 7).
 *
 * <p>Threads: the exchange's IO thread.
 */
final class MemoryLimitHandler implements HttpHandler {
    /** A request with a head of usual size and all that serves it, as measured in http mode, and a little more. */
    static final int OF_REQUEST = 16 * 1024;

    private static final Answer REFUSAL = Answer.of(StatusCodes.SERVICE_UNAVAILABLE)
            .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG)
            .with(Headers.RETRY_AFTER, "1")
            .withBody(WatchdogHeaders.PLAIN_TEXT, "out of memory for more requests\n");

    private final HttpHandler next;
    private final MemoryBudget memory;
    private final BooleanSupplier buffersAreScarce;

    MemoryLimitHandler(HttpHandler next, MemoryBudget memory, BooleanSupplier buffersAreScarce) {
        this.next = next;
        this.memory = memory;
        this.buffersAreScarce = buffersAreScarce;
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (buffersAreScarce.getAsBoolean() || !memory.take(OF_REQUEST)) {
            REFUSAL.send(exchange);
            return;
        }
        Call.of(exchange).atEnd(() -> memory.giveBack(OF_REQUEST));
        next.handleRequest(exchange);
    }
}
