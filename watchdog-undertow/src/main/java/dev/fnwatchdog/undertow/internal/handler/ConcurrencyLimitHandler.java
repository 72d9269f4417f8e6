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
 * Answers 429 at once when {@code max_inflight} calls are being served (contract 7). A place is given back before the last
 * byte of its answer can reach the client: else a client that calls again at once could be refused because of its own call.
 *
 * <p>Threads: the exchange's IO thread; the permit outlives {@code handleRequest}.
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
