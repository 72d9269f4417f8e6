package dev.fnwatchdog.core.health;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/**
 * The order in which a watchdog stops (contract 7): probes fail, calls are served for the quiet period, the listener
 * closes, calls in flight end, the function is stopped.
 *
 * <p>Threads: {@link #begin} blocks and may be called from several threads; the steps run on the first of them, but
 * for {@link Steps#killFunction}, which runs on the thread that brought the second signal.
 */
public final class Shutdown {
    /** Why the watchdog stops. */
    public enum Cause {
        /** From the orchestrator: calls go on for the quiet period. */
        SIGTERM(15),
        /** Ctrl-C: nobody routes calls here that could be sent elsewhere, so there is no quiet period. */
        SIGINT(2),
        /** The terminal has gone, and with it whoever could press Ctrl-C; so there is no quiet period either. */
        SIGHUP(1),
        /** The program around the watchdog closes it: no quiet period, and no signal that could be the second. */
        CLOSE(0);

        private final int signal;

        Cause(int signal) {
            this.signal = signal;
        }

        /** What a process ends with that this signal ends at once: 128 plus its number. */
        public int immediateExitStatus() {
            return 128 + signal;
        }
    }

    /** How long the phases may take: {@code healthcheck_interval} and {@code write_timeout}. */
    public record Limits(Duration quietPeriod, Duration drain) {}

    /** What a shutdown does to the watchdog, in the order in which it happens. */
    public interface Steps {
        /** Health and readiness turn 503, the lock file goes, answers carry {@code Connection: close}. */
        void refuseProbes();

        /** Accepts the connections that wait, closes the listener, and every connection without a call. */
        void closeListener();

        /** Calls that are not over yet. */
        int inFlight();

        /** Whether no call is left, and none is on its way; asked every few milliseconds. */
        boolean drained();

        /** Ends the function in order: SIGTERM, a grace, SIGKILL. Blocks. */
        void stopFunction();

        /** SIGKILL for the function and everything that it started, because a second signal came. */
        void killFunction();

        /** One line for the watchdog's log. */
        void log(String line);
    }

    private final Steps steps;
    private final WaitStrategy waiting;
    private final Limits limits;
    private final Function<Duration, String> spelling;
    private final CompletableFuture<Integer> exitStatus = new CompletableFuture<>();
    private final AtomicBoolean cutShort = new AtomicBoolean();
    private boolean begun;

    /** Takes, as {@code spelling}, how a duration is written in the log. */
    public Shutdown(Steps steps, WaitStrategy waiting, Limits limits, Function<Duration, String> spelling) {
        this.steps = steps;
        this.waiting = waiting;
        this.limits = limits;
        this.spelling = spelling;
    }

    /**
     * Stops the watchdog and returns the exit status when that is done. The first cause runs the sequence and gives 0.
     * A signal after it kills the function and returns at once with 128 plus its number; no further step is begun, and
     * the first caller gets the same number.
     */
    public int begin(Cause cause) {
        if (first()) {
            run(cause);
        } else if (cause != Cause.CLOSE && !exitStatus.isDone() && cutShort.compareAndSet(false, true)) {
            try {
                steps.killFunction();
            } finally {
                // Not before: whoever learns the status ends the process, and the function would be left behind.
                exitStatus.complete(cause.immediateExitStatus());
            }
        }
        return exitStatus.join();
    }

    private synchronized boolean first() {
        boolean first = !begun;
        begun = true;
        return first;
    }

    private void run(Cause cause) {
        try {
            stopServing(cause);
        } finally {
            // Whatever failed above: a function must not outlive its watchdog, nor a second caller wait for ever.
            try {
                if (!cutShort.get()) {
                    steps.stopFunction();
                }
            } finally {
                if (!cutShort.get()) {
                    exitStatus.complete(0);
                }
            }
        }
    }

    private void stopServing(Cause cause) {
        steps.refuseProbes();
        Duration quietPeriod = cause == Cause.SIGTERM ? limits.quietPeriod() : Duration.ZERO;
        if (cause != Cause.CLOSE) {
            steps.log("%s: no new connections in %s".formatted(cause, spelling.apply(quietPeriod)));
        }
        await(quietPeriod, false);
        if (cutShort.get()) {
            return;
        }
        steps.closeListener();
        steps.log("No new connections allowed, draining: %d requests".formatted(steps.inFlight()));
        await(limits.drain(), true);
        if (cutShort.get()) {
            return;
        }
        steps.log("Exiting. Active connections: %d".formatted(steps.inFlight()));
    }

    private void await(Duration limit, boolean untilIdle) {
        try {
            waiting.await(() -> cutShort.get() || (untilIdle && steps.drained()), limit);
        } catch (InterruptedException e) {
            // Somebody is in a hurry: the steps are all taken, without waiting.
            Thread.currentThread().interrupt();
        }
    }
}
