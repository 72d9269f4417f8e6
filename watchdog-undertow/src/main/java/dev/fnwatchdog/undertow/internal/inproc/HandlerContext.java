package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.request.RequestTimeout;
import dev.fnwatchdog.undertow.internal.http.DurationSeconds;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import dev.fnwatchdog.undertow.internal.http.UpgradeProtocols;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.FatalErrors;
import dev.fnwatchdog.undertow.internal.io.TimeoutQueue;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.RequestTooBigException;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * What all kinds of handlers share: places and threads for their calls, the deadline, and the answers in their stead.
 *
 * @param execTimeout zero: none
 * @param threads where handlers may block
 * @param loader the function's
 */
record HandlerContext(
        WatchdogLog log, Duration execTimeout, HandlerPermits permits, ExecutorService threads, ClassLoader loader) {
    private static final long UNWATCHED_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final CannedResponse NOT_ALLOWED = CannedResponse.of(StatusCodes.METHOD_NOT_ALLOWED);

    HandlerExecution newExecution(Consumer<Throwable> onFailure) {
        return new HandlerExecution(threads, loader, onFailure);
    }

    /** Holds a call to its limit. False where no handler is to see it, and it has been answered. */
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
     * Runs {@code begin} on the call's IO thread once there is a place for it, unless the call is over by then. IO thread.
     *
     * @param run gives the place back
     */
    void admit(Invocation invocation, HandlerExecution run, Runnable begin) {
        Admission admission = new Admission(invocation, run, begin);
        run.setPermit(permits.acquire(admission));
        admission.later = true;
        if (!invocation.ended()) {
            watchLater(invocation);
        }
    }

    /** Watching costs two system calls, which a call that is over soon need not pay; he who left before is seen then too. */
    private static void watchLater(Invocation invocation) {
        TimeoutQueue.Timeout delay =
                invocation.loop().clientChecks().start(System.nanoTime(), UNWATCHED_NANOS, invocation::watchClient);
        invocation.atEnd(delay::cancel);
    }

    private static final class Admission implements Runnable {
        private final Invocation invocation;
        private final HandlerExecution run;
        private final Runnable begin;

        // Mutable state, written before another thread can know of this
        private boolean later;

        Admission(Invocation invocation, HandlerExecution run, Runnable begin) {
            this.invocation = invocation;
            this.run = run;
            this.begin = begin;
        }

        /** There is a place. On the thread of whoever gave it back, who must not be kept from going on. */
        @Override
        public void run() {
            if (later) {
                invocation.loop().thread().execute(this::start);
            } else {
                start();
            }
        }

        private void start() {
            if (invocation.stopped()) {
                run.completeResponse();
            } else {
                run.runOnThisThread(begin);
            }
        }
    }

    /** The handler has thrown. Any thread. */
    void failed(Invocation invocation, Throwable failure) {
        invocation.loop().thread().execute(() -> {
            if (invocation.stopped()) {
                if (FatalErrors.findFatal(failure) != null) {
                    logFailure(invocation, failure);
                }
                return;
            }
            if (failure instanceof RequestTooBigException) {
                invocation.respondInstead(errorResponse(invocation, StatusCodes.REQUEST_ENTITY_TOO_LARGE));
            } else {
                logFailure(invocation, failure);
                invocation.respondInstead(errorResponse(invocation, StatusCodes.INTERNAL_SERVER_ERROR));
            }
        });
    }

    void logFailure(Invocation invocation, Throwable failure) {
        log.error(
                "The handler failed: %s %s"
                        .formatted(invocation.exchange().getRequestMethod(), RequestTarget.of(invocation.exchange())),
                failure);
    }

    /** The handler's answer is none. IO thread. */
    void refuseResponse(Invocation invocation, String reason) {
        log.error("The handler's answer cannot be sent: " + reason);
        invocation.respondInstead(errorResponse(invocation, StatusCodes.INTERNAL_SERVER_ERROR)
                .withBody(WatchdogHeaders.PLAIN_TEXT, reason + "\n"));
    }

    private void timedOut(Invocation invocation, Duration limit) {
        log.error("The handler was interrupted due to exec_timeout: " + GoDuration.format(limit));
        invocation.respondInstead(errorResponse(invocation, StatusCodes.GATEWAY_TIME_OUT));
    }

    /** An answer of the watchdog's own. */
    static CannedResponse errorResponse(Invocation invocation, int status) {
        return CannedResponse.of(status)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG)
                .with(WatchdogHeaders.DURATION_SECONDS, DurationSeconds.of(invocation.elapsedNanos()));
    }
}
