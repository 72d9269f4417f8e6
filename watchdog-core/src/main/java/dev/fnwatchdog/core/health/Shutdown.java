package dev.fnwatchdog.core.health;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * The sequence of a shutdown (specification 7.5 to 7.11): probes fail, requests are served for the quiet period, the
 * listener closes, requests in flight drain, the function is stopped.
 *
 * <pre>{@code
 * Watchdog watchdog = Watchdog.builder(WatchdogConfig.parse(System.getenv())).start();
 * int exitStatus = watchdog.stop(Shutdown.Cause.SIGTERM);
 * }</pre>
 *
 * <p>Threads: {@link #begin} blocks and may be called from several threads; the steps run on the first of them, except
 * {@link Steps#killFunction}, which runs on the thread of the second signal.
 */
public final class Shutdown {
    /** Why the watchdog stops. */
    public enum Cause {
        /** From the orchestrator: requests are served for the quiet period. */
        SIGTERM(15),
        /**
         * Ctrl-C: no orchestrator has to notice a failing probe first, so there is no quiet period (specification
         * 7.10).
         */
        SIGINT(2),
        /** The terminal has closed, and Ctrl-C is no longer possible: no quiet period either. */
        SIGHUP(1),
        /** The embedding program closes the watchdog: no quiet period, and never a second signal. */
        CLOSE(0);

        private final int signal;

        Cause(int signal) {
            this.signal = signal;
        }

        /** Returns the exit status of a process that this signal ends at once: 128 plus the signal's number. */
        public int immediateExitStatus() {
            return 128 + signal;
        }
    }

    /** How long the phases may take: {@code healthcheck_interval} and {@code write_timeout}. */
    public record Limits(Duration quietPeriod, Duration drain) {}

    /** The actions of a shutdown on the watchdog, in the order in which they happen. */
    public interface Steps {
        /** Makes health and readiness 503, removes the lock file, and adds {@code Connection: close} to responses. */
        void refuseProbes();

        /** Accepts the pending connections, closes the listener, and closes every connection without a request. */
        void closeListener();

        /** Returns the number of requests in flight. */
        int inFlight();

        /** Whether no request is in flight or about to arrive; polled every few milliseconds. */
        boolean drained();

        /** Stops the function gracefully: SIGTERM, a grace period, SIGKILL. Blocks. */
        void stopFunction();

        /** Kills the function and everything that it started with SIGKILL, after a second signal. */
        void killFunction();

        /** Writes one line to the watchdog's log. */
        void log(String line);
    }

    private final Steps steps;
    private final WaitStrategy waiting;
    private final Limits limits;
    private final Function<Duration, String> durationFormat;
    private final CompletableFuture<Integer> exitStatus = new CompletableFuture<>();
    private final AtomicBoolean aborted = new AtomicBoolean();

    @GuardedBy("this")
    private boolean begun;

    /** Creates a shutdown; {@code durationFormat} prints durations for the log. */
    public Shutdown(Steps steps, WaitStrategy waiting, Limits limits, Function<Duration, String> durationFormat) {
        this.steps = steps;
        this.waiting = waiting;
        this.limits = limits;
        this.durationFormat = durationFormat;
    }

    /**
     * Stops the watchdog and returns the exit status when it has stopped. The first cause runs the sequence and results
     * in 0. A signal after it kills the function and returns at once with 128 plus its number; no further step begins,
     * and the first caller gets the same number.
     */
    public int begin(Cause cause) {
        if (isFirst()) {
            run(cause);
        } else if (cause != Cause.CLOSE && !exitStatus.isDone() && aborted.compareAndSet(false, true)) {
            try {
                steps.killFunction();
            } finally {
                // Not earlier: the caller that gets the status ends the process, and the function would outlive it.
                exitStatus.complete(cause.immediateExitStatus());
            }
        }
        return exitStatus.join();
    }

    private synchronized boolean isFirst() {
        boolean first = !begun;
        begun = true;
        return first;
    }

    private void run(Cause cause) {
        try {
            stopServing(cause);
        } finally {
            // Whatever failed above: the function must not outlive the watchdog, and a second caller must not wait
            // forever.
            try {
                if (!aborted.get()) {
                    steps.stopFunction();
                }
            } finally {
                if (!aborted.get()) {
                    exitStatus.complete(0);
                }
            }
        }
    }

    private void stopServing(Cause cause) {
        steps.refuseProbes();
        Duration quietPeriod = cause == Cause.SIGTERM ? limits.quietPeriod() : Duration.ZERO;
        if (cause != Cause.CLOSE) {
            steps.log("%s: no new connections in %s".formatted(cause, durationFormat.apply(quietPeriod)));
        }
        await(quietPeriod, false);
        if (aborted.get()) {
            return;
        }
        steps.closeListener();
        steps.log("No new connections allowed, draining: %d requests".formatted(steps.inFlight()));
        await(limits.drain(), true);
        if (aborted.get()) {
            return;
        }
        steps.log("Exiting. Active connections: %d".formatted(steps.inFlight()));
    }

    private void await(Duration timeout, boolean untilIdle) {
        try {
            waiting.await(() -> aborted.get() || (untilIdle && steps.drained()), timeout);
        } catch (InterruptedException e) {
            // An interrupt skips the wait; all further steps still run.
            Thread.currentThread().interrupt();
        }
    }
}
