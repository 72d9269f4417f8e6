package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.limit.ConcurrencyLimit;
import dev.fnwatchdog.core.limit.ConcurrencyLimit.Permit;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.request.RequestTimeout;
import dev.fnwatchdog.undertow.internal.http.DurationSeconds;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import dev.fnwatchdog.undertow.internal.http.UpgradeProtocols;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.invocation.TimeoutKind;
import dev.fnwatchdog.undertow.internal.io.FatalErrors;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.Timer;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What all kinds of handlers share: permits, threads, the deadline and error responses (specification 5.19 to 5.21).
 *
 * @param execTimeout zero: none
 * @param threads where handlers may block
 * @param loader the class loader of the function
 */
record HandlerContext(
        WatchdogLog log, Duration execTimeout, ConcurrencyLimit permits, ExecutorService threads, ClassLoader loader) {
    private static final long WATCH_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final CannedResponse NOT_ALLOWED = CannedResponse.of(StatusCodes.METHOD_NOT_ALLOWED);

    HandlerExecution newExecution(Consumer<Throwable> onFailure) {
        return new HandlerExecution(threads, loader, onFailure);
    }

    /** Sets the deadline of a request. Returns false where the request was refused and no handler runs. */
    boolean accept(HttpServerExchange exchange) {
        if (exchange.getRequestMethod().equals(Methods.CONNECT)) {
            NOT_ALLOWED.send(exchange);
            return false;
        }
        UpgradeProtocols.keepOnlyRequested(exchange);
        Invocation invocation = Invocation.of(exchange);
        Duration limit = RequestTimeout.effective(
                execTimeout, exchange.getRequestHeaders().getFirst(WatchdogHeaders.TIMEOUT));
        invocation.setTimeout(limit, () -> timedOut(invocation, limit));
        return true;
    }

    /**
     * Runs {@code begin} on the request's I/O thread when a permit is available, unless the request has ended by then; refuses
     * the request where the queue is full, and where it is closed while the request waits.
     *
     * <p>Threads: the request's I/O thread.
     *
     * @param execution releases the permit
     */
    @IoThread
    void admit(Invocation invocation, HandlerExecution execution, Runnable begin) {
        Runnable start = () -> start(invocation, execution, begin);
        // The thread that releases a permit must not be delayed by the next request.
        Permit permit = permits.acquire(() -> invocation.loop().thread().execute(start));
        execution.setPermit(permit);
        switch (permit.outcome()) {
            case GRANTED -> start.run();
            case QUEUED -> {}
            case REFUSED -> invocation.respondInstead(CannedResponse.limitExceeded(permits.max()));
        }
        if (!invocation.ended()) {
            watchLater(invocation);
        }
    }

    /**
     * Delays the watch, so that a short request does without it; the watch also finds an earlier disconnect.
     */
    private static void watchLater(Invocation invocation) {
        Timer delay = invocation.loop().after(System.nanoTime(), WATCH_DELAY_NANOS, invocation::watchClient);
        invocation.atEnd(delay::cancel);
    }

    private static void start(Invocation invocation, HandlerExecution execution, Runnable begin) {
        if (invocation.stopped()) {
            execution.completeResponse();
        } else if (execution.holdsPermit()) {
            execution.runOnThisThread(begin);
        } else {
            invocation.respondInstead(CannedResponse.watchdogStops());
        }
    }

    /** Responds after the handler has thrown. Any thread. */
    void failed(Invocation invocation, Throwable failure) {
        invocation.loop().thread().execute(() -> {
            if (invocation.stopped()) {
                if (FatalErrors.findFatal(failure) != null) {
                    logFailure(invocation, failure);
                }
                return;
            }
            invocation.respondInstead(RequestRefusal.of(failure)
                    .map(refusal -> refusal(invocation, refusal))
                    .orElseGet(() -> {
                        logFailure(invocation, failure);
                        return errorResponse(invocation, StatusCodes.INTERNAL_SERVER_ERROR);
                    }));
        });
    }

    private static CannedResponse refusal(Invocation invocation, RequestRefusal refusal) {
        return errorResponse(invocation, refusal.status())
                .withBody(WatchdogHeaders.PLAIN_TEXT, refusal.reason() + "\n");
    }

    void logFailure(Invocation invocation, Throwable failure) {
        log.error(
                "The handler failed: %s %s"
                        .formatted(invocation.exchange().getRequestMethod(), RequestTarget.of(invocation.exchange())),
                failure);
    }

    /** Refuses an invalid response of the handler. I/O thread. */
    @IoThread
    void refuseResponse(Invocation invocation, String reason) {
        log.error("The handler's response cannot be sent: " + reason);
        invocation.respondInstead(errorResponse(invocation, StatusCodes.INTERNAL_SERVER_ERROR)
                .withBody(WatchdogHeaders.PLAIN_TEXT, reason + "\n"));
    }

    private void timedOut(Invocation invocation, Duration limit) {
        invocation.timeoutExpired(TimeoutKind.EXEC);
        log.error("The handler was interrupted due to exec_timeout: " + GoDuration.format(limit));
        invocation.respondInstead(errorResponse(invocation, StatusCodes.GATEWAY_TIME_OUT));
    }

    /** Returns an error response of the watchdog. */
    static CannedResponse errorResponse(Invocation invocation, int status) {
        return CannedResponse.of(status)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG)
                .with(WatchdogHeaders.DURATION_SECONDS, DurationSeconds.of(invocation.elapsedNanos()));
    }
}
