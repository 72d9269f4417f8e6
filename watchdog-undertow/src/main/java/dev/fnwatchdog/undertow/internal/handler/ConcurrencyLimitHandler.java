package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.core.limit.ConcurrencyLimit;
import dev.fnwatchdog.core.limit.ConcurrencyLimit.Permit;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.StatusCodes;
import java.util.Optional;

/**
 * Refuses requests beyond {@code max_inflight} with 429 (specification 7.1, 7.2). A permit is released before the last byte of
 * the response can reach the client; otherwise a client that sends its next request at once could be refused because of its own
 * previous one.
 *
 * <p>Threads: the exchange's I/O thread; the permit outlives {@code handleRequest}.
 */
public final class ConcurrencyLimitHandler implements HttpHandler {
    private final HttpHandler next;
    private final ConcurrencyLimit limit;
    private final CannedResponse refusal;

    public ConcurrencyLimitHandler(HttpHandler next, ConcurrencyLimit limit) {
        this.next = next;
        this.limit = limit;
        this.refusal = CannedResponse.of(StatusCodes.TOO_MANY_REQUESTS)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.MIDDLEWARE)
                .with(Headers.RETRY_AFTER, "1")
                .withBody(
                        "text/plain",
                        "Concurrent request limit exceeded. Max concurrent requests: %d\n".formatted(limit.max()));
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Optional<Permit> permit = limit.tryAcquire();
        if (permit.isEmpty()) {
            refusal.send(exchange);
            return;
        }
        Invocation.of(exchange).onPermitRelease(permit.get()::release);
        next.handleRequest(exchange);
    }
}
