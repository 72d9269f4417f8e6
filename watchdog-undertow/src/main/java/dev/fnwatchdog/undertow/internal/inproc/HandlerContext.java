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
        WatchdogLog log, Duration execTimeout, HandlerPermits places, ExecutorService threads, ClassLoader loader) {
    private static final long UNWATCHED_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final CannedResponse NOT_ALLOWED = CannedResponse.of(StatusCodes.METHOD_NOT_ALLOWED);

    HandlerExecution runOf(Consumer<Throwable> onFailure) {
        return new HandlerExecution(threads, loader, onFailure);
    }

    /** Holds a call to its limit. False where no handler is to see it, and it has been answered. */
    boolean begins(HttpServerExchange exchange) {
        if (exchange.getRequestMethod().equals(Methods.CONNECT)) {
            NOT_ALLOWED.send(exchange);
            return false;
        }
        UpgradeProtocols.keepOnlyAsked(exchange);
        Invocation call = Invocation.of(exchange);
        Duration limit = RequestTimeout.effective(
                execTimeout, exchange.getRequestHeaders().getFirst(WatchdogHeaders.TIMEOUT));
        call.limitTo(limit, () -> timedOut(call, limit));
        return true;
    }

    /**
     * Runs {@code begin} on the call's IO thread once there is a place for it, unless the call is over by then. IO thread.
     *
     * @param run gives the place back
     */
    void admit(Invocation call, HandlerExecution run, Runnable begin) {
        Admission admission = new Admission(call, run, begin);
        run.holds(places.enter(admission));
        admission.later = true;
        if (!call.ended()) {
            watchLater(call);
        }
    }

    /** Watching costs two system calls, which a call that is over soon need not pay; he who left before is seen then too. */
    private static void watchLater(Invocation call) {
        TimeoutQueue.Timeout delay =
                call.loop().clientChecks().start(System.nanoTime(), UNWATCHED_NANOS, call::watchClient);
        call.atEnd(delay::cancel);
    }

    private static final class Admission implements Runnable {
        private final Invocation call;
        private final HandlerExecution run;
        private final Runnable begin;

        // Mutable state, written before another thread can know of this
        private boolean later;

        Admission(Invocation call, HandlerExecution run, Runnable begin) {
            this.call = call;
            this.run = run;
            this.begin = begin;
        }

        /** There is a place. On the thread of whoever gave it back, who must not be kept from going on. */
        @Override
        public void run() {
            if (later) {
                call.loop().thread().execute(this::start);
            } else {
                start();
            }
        }

        private void start() {
            if (call.stopped()) {
                run.over();
            } else {
                run.here(begin);
            }
        }
    }

    /** The handler has thrown. Any thread. */
    void failed(Invocation call, Throwable failure) {
        call.loop().thread().execute(() -> {
            if (call.stopped()) {
                if (FatalErrors.in(failure) != null) {
                    tell(call, failure);
                }
                return;
            }
            if (failure instanceof RequestTooBigException) {
                call.answerInstead(inItsStead(call, StatusCodes.REQUEST_ENTITY_TOO_LARGE));
            } else {
                tell(call, failure);
                call.answerInstead(inItsStead(call, StatusCodes.INTERNAL_SERVER_ERROR));
            }
        });
    }

    void tell(Invocation call, Throwable failure) {
        log.error(
                "The handler failed: %s %s"
                        .formatted(call.exchange().getRequestMethod(), RequestTarget.of(call.exchange())),
                failure);
    }

    /** The handler's answer is none. IO thread. */
    void refuseAnswer(Invocation call, String reason) {
        log.error("The handler's answer cannot be sent: " + reason);
        call.answerInstead(inItsStead(call, StatusCodes.INTERNAL_SERVER_ERROR)
                .withBody(WatchdogHeaders.PLAIN_TEXT, reason + "\n"));
    }

    private void timedOut(Invocation call, Duration limit) {
        log.error("The handler was interrupted due to exec_timeout: " + GoDuration.format(limit));
        call.answerInstead(inItsStead(call, StatusCodes.GATEWAY_TIME_OUT));
    }

    /** An answer of the watchdog's own. */
    static CannedResponse inItsStead(Invocation call, int status) {
        return CannedResponse.of(status)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG)
                .with(WatchdogHeaders.DURATION_SECONDS, DurationSeconds.of(call.elapsedNanos()));
    }
}
