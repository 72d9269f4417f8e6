package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.util.function.BooleanSupplier;

/**
 * Refuses new requests with 503 while the requests in flight use up the memory (specification 7.22).
 *
 * <p>Threads: the exchange's I/O thread.
 */
public record MemoryLimitHandler(HttpHandler next, MemoryBudget memory, BooleanSupplier buffersAreScarce)
        implements HttpHandler {
    /**
     * In bytes. A request with a head of usual size and the objects that serve it, as measured in http mode, rounded up.
     */
    static final int REQUEST_BYTES = 16 * 1024;

    private static final CannedResponse REFUSAL = CannedResponse.ofWatchdog(StatusCodes.SERVICE_UNAVAILABLE)
            .with(Headers.RETRY_AFTER, "1")
            .withBody(WatchdogHeaders.PLAIN_TEXT, "not enough memory for further requests\n");

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        if (buffersAreScarce.getAsBoolean() || !memory.reserve(REQUEST_BYTES)) {
            REFUSAL.send(exchange);
            return;
        }
        Invocation.of(exchange).atEnd(() -> memory.release(REQUEST_BYTES));
        next.handleRequest(exchange);
    }
}
