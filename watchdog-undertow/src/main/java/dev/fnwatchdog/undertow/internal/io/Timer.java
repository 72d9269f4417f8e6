package dev.fnwatchdog.undertow.internal.io;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.xnio.XnioExecutor;

/**
 * A running timer of an I/O thread. XNIO still runs an action that is removed when it is due already; an action of this class
 * never runs once it is cancelled.
 *
 * <p>Threads: only the I/O thread that it belongs to may call it; the action runs there too.
 */
@IoThread
public final class Timer {
    private enum State {
        RUNNING,
        ENDED
    }

    private final Runnable action;
    private final XnioExecutor.Key key;

    // Mutable state
    private State state = State.RUNNING;

    /**
     * Starts the timer.
     *
     * @param from a moment of {@link System#nanoTime()}
     */
    Timer(XnioExecutor thread, long from, long nanos, Runnable action) {
        this.action = action;
        this.key = start(thread, from + nanos - System.nanoTime(), this::expire);
    }

    private static XnioExecutor.Key start(XnioExecutor thread, long nanos, Runnable expiry) {
        // Rounded up: no timeout expires early. One that has expired does not run before the caller has this object.
        long millis = Math.max(0, TimeUnit.NANOSECONDS.toMillis(nanos)) + 1;
        try {
            return thread.executeAfter(expiry, millis, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException ending) {
            // The requests of the thread end with it.
            return XnioExecutor.Key.IMMEDIATE;
        }
    }

    private void expire() {
        if (state == State.RUNNING) {
            state = State.ENDED;
            action.run();
        }
    }

    /** Ends the timer without running its action. Has no effect when it has ended already. */
    public void cancel() {
        if (state == State.RUNNING) {
            state = State.ENDED;
            key.remove();
        }
    }
}
