package dev.fnwatchdog.undertow.internal.inproc;

import com.google.errorprone.annotations.concurrent.GuardedBy;

/**
 * Notifies a handler that it can continue to read or write, while it has resumed.
 *
 * <p>Threads: any. The handler is notified on the thread that calls {@link #notifyHandler}, without a lock.
 */
final class HandlerInterest {
    // Mutable state, under this object's lock
    @GuardedBy("this")
    private boolean resumed;

    @GuardedBy("this")
    private Runnable handler = () -> {};

    /** @param ready notifies the handler */
    synchronized void handler(Runnable ready) {
        handler = ready;
    }

    /** Resumes; returns false where it was resumed already. */
    synchronized boolean resume() {
        boolean first = !resumed;
        resumed = true;
        return first;
    }

    synchronized void suspend() {
        resumed = false;
    }

    synchronized boolean resumed() {
        return resumed;
    }

    /** Notifies the handler where it is resumed; returns whether it was. */
    boolean notifyHandler() {
        return notifyIfResumed(true);
    }

    /** Notifies the handler for the last time and suspends. */
    void notifyLastTime() {
        notifyIfResumed(false);
    }

    private boolean notifyIfResumed(boolean staysResumed) {
        Runnable notified;
        synchronized (this) {
            if (!resumed) {
                return false;
            }
            resumed = staysResumed;
            notified = handler;
        }
        notified.run();
        return true;
    }
}
