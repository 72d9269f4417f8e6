package dev.fnwatchdog.undertow.internal.io;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;

/**
 * Timeouts of about the same length on one IO thread, in the order in which they end. Nearly all are equally long, so a
 * new one goes to the end of a list, and one timer for its head does: starting and cancelling a timeout costs a few
 * assignments, where a timer of its own would cost a lock and a tree.
 *
 * <p>Threads: only the IO thread that it belongs to may call it; actions run there too.
 */
public final class TimeoutQueue {
    private final XnioExecutor thread;
    private final Timeout ends = new Timeout(() -> {}, 0);

    // Mutable state
    private boolean armed;
    private long armedFor;

    TimeoutQueue(XnioExecutor thread) {
        this.thread = thread;
        ends.previous = ends;
        ends.next = ends;
    }

    /**
     * Runs {@code action} once {@code nanos} have passed since {@code from}, unless it is cancelled before.
     *
     * @param from a moment of {@link System#nanoTime()}
     */
    public Timeout start(long from, long nanos, Runnable action) {
        Timeout timeout = new Timeout(action, from + nanos);
        insert(timeout);
        if (ends.next == timeout && (!armed || timeout.deadline - armedFor < 0)) {
            arm(timeout.deadline);
        }
        return timeout;
    }

    /** From the end, where a timeout of the usual length belongs. */
    private void insert(Timeout timeout) {
        Timeout before = ends.previous();
        while (before != ends && before.deadline - timeout.deadline > 0) {
            before = before.previous();
        }
        Timeout after = before.next();
        timeout.previous = before;
        timeout.next = after;
        before.next = timeout;
        after.previous = timeout;
    }

    private void arm(long deadline) {
        armed = true;
        armedFor = deadline;
        // Rounded up: a timer that is a fraction of a millisecond early would only be set again.
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()) + 1;
        thread.executeAfter(this::expire, Math.max(1, millis), TimeUnit.MILLISECONDS);
    }

    private void expire() {
        armed = false;
        long now = System.nanoTime();
        try {
            for (Timeout first = ends.next(); first != ends && first.deadline - now <= 0; first = ends.next()) {
                first.cancel();
                first.action.run();
            }
        } finally {
            // An action that fails must not take the others' time away.
            Timeout next = ends.next();
            if (next != ends && !armed) {
                arm(next.deadline);
            }
        }
    }

    /** One running timeout. */
    public static final class Timeout {
        private final Runnable action;
        private final long deadline;

        // Mutable state: both are there while the timeout runs, and neither once it has ended
        private @Nullable Timeout previous;
        private @Nullable Timeout next;

        private Timeout(Runnable action, long deadline) {
            this.action = action;
            this.deadline = deadline;
        }

        private Timeout previous() {
            return previous == null ? this : previous;
        }

        private Timeout next() {
            return next == null ? this : next;
        }

        /** Ends it without its action; does nothing when it has ended already. */
        public void cancel() {
            if (previous != null && next != null) {
                previous.next = next;
                next.previous = previous;
                previous = null;
                next = null;
            }
        }
    }
}
