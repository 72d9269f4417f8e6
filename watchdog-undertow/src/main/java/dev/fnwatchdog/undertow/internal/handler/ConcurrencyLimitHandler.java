package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.core.limit.ConcurrencyLimit;
import dev.fnwatchdog.core.limit.ConcurrencyLimit.Outcome;
import dev.fnwatchdog.core.limit.ConcurrencyLimit.Permit;
import dev.fnwatchdog.core.request.RequestTimeout;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.HeldRequest;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.invocation.TimeoutKind;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.StatusCodes;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Lets at most {@code max_inflight} requests pass at once (specification 7.1 to 7.3). Up to {@code max_waiting} more wait, in order
 * of arrival; the others are refused with 429. A permit is released before the last byte of the response can reach the client;
 * otherwise a client that sends its next request at once could be refused because of its own previous one.
 *
 * <p>Threads: the exchange's I/O thread; the permit outlives {@code handleRequest}.
 */
@IoThread
public final class ConcurrencyLimitHandler implements HttpHandler {
    private static final CannedResponse TIMED_OUT =
            CannedResponse.of(StatusCodes.GATEWAY_TIME_OUT).with(WatchdogHeaders.INTERNAL, WatchdogHeaders.MIDDLEWARE);

    private final HttpHandler next;
    private final ConcurrencyLimit limit;
    private final Duration execTimeout;
    private final CannedResponse refusal;

    /** @param execTimeout the longest that a request may wait, unless it sets a shorter limit itself; zero: no limit */
    public ConcurrencyLimitHandler(HttpHandler next, ConcurrencyLimit limit, Duration execTimeout) {
        this.next = next;
        this.limit = limit;
        this.execTimeout = execTimeout;
        this.refusal = CannedResponse.limitExceeded(limit.max());
    }

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        Invocation invocation = Invocation.of(exchange);
        WaitingRequest request = new WaitingRequest(invocation);
        Permit permit = limit.acquire(request);
        if (permit.outcome() == Outcome.REFUSED) {
            refusal.send(exchange);
            return;
        }
        invocation.onPermitRelease(permit::release);
        if (permit.outcome() == Outcome.QUEUED) {
            request.begin(permit);
        } else {
            next.handleRequest(exchange);
        }
    }

    /** A request in the queue. */
    private final class WaitingRequest implements Runnable {
        private final Invocation invocation;

        // Mutable state
        private @Nullable HeldRequest hold;
        private @Nullable Permit permit;

        WaitingRequest(Invocation invocation) {
            this.invocation = invocation;
        }

        void begin(Permit queued) {
            permit = queued;
            HeldRequest held = HeldRequest.hold(invocation);
            hold = held;
            invocation.atEnd(held::release);
            Duration timeout = RequestTimeout.effective(
                    execTimeout, invocation.exchange().getRequestHeaders().getFirst(WatchdogHeaders.TIMEOUT));
            invocation.setTimeout(timeout, this::timedOut);
        }

        private void timedOut() {
            invocation.timeoutExpired(TimeoutKind.EXEC);
            invocation.respondInstead(TIMED_OUT);
        }

        /** The request has its permit, or the watchdog stops. Threads: any. */
        @Override
        public void run() {
            try {
                // Through the I/O thread's queue: no handler of the exchange runs any more when it is reached.
                invocation.exchange().getIoThread().execute(this::decided);
            } catch (RejectedExecutionException terminated) {
                // The watchdog's threads have ended, and all requests with them.
            }
        }

        private void decided() {
            HeldRequest held = hold;
            Permit acquired = permit;
            if (held == null || acquired == null || invocation.stopped()) {
                // The end of the request releases the permit.
                return;
            }
            invocation.cancelTimeout();
            if (acquired.isHeld()) {
                held.resume(next);
            } else {
                invocation.respondInstead(CannedResponse.watchdogStops());
            }
        }
    }
}
