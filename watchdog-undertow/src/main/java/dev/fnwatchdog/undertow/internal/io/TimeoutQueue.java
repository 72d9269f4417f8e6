package dev.fnwatchdog.undertow.internal.io;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;

/**
 * Timeouts of about the same length on one I/O thread, in the order in which they expire. Nearly all are equally long:
 * a new one is appended to a list, and one timer, for the first of the list, is enough. To start or cancel a timeout
 * costs a few assignments, where a separate timer would cost a lock and a tree operation.
 *
 * <p>Threads: only the I/O thread that it belongs to may call it; actions run there too.
 */
@IoThread
public final class TimeoutQueue {
    private final XnioExecutor thread;
    private final Timeout sentinel = new Timeout(() -> {}, 0);

    // Mutable state
    private boolean armed;
    private long armedDeadline;

    TimeoutQueue(XnioExecutor thread) {
        this.thread = thread;
        sentinel.previous = sentinel;
        sentinel.next = sentinel;
    }

    /**
     * Runs {@code action} once {@code nanos} have passed since {@code from}, unless it is cancelled before.
     *
     * @param from a moment of {@link System#nanoTime()}
     */
    public Timeout start(long from, long nanos, Runnable action) {
        Timeout timeout = new Timeout(action, from + nanos);
        insert(timeout);
        if (sentinel.next == timeout && (!armed || timeout.deadline - armedDeadline < 0)) {
            arm(timeout.deadline);
        }
        return timeout;
    }

    /** Inserts from the end, where a timeout of the usual length belongs. */
    private void insert(Timeout timeout) {
        Timeout before = sentinel.previous();
        while (before != sentinel && before.deadline - timeout.deadline > 0) {
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
        armedDeadline = deadline;
        // Round up: a timer that fires a fraction of a millisecond early would have to be set again.
        long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime()) + 1;
        thread.executeAfter(this::expire, Math.max(1, millis), TimeUnit.MILLISECONDS);
    }

    private void expire() {
        armed = false;
        long now = System.nanoTime();
        try {
            for (Timeout first = sentinel.next();
                    first != sentinel && first.deadline - now <= 0;
                    first = sentinel.next()) {
                first.cancel();
                first.action.run();
            }
        } finally {
            // An action that fails must not prevent the other timeouts.
            Timeout next = sentinel.next();
            if (next != sentinel && !armed) {
                arm(next.deadline);
            }
        }
    }

    /** One running timeout. */
    public static final class Timeout {
        private final Runnable action;
        private final long deadline;

        // Mutable state: both are set while the timeout runs, and null once it has ended
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

        /** Ends the timeout without running its action. Has no effect when it has ended already. */
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
