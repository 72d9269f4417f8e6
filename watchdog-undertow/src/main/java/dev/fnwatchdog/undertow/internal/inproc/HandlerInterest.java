package dev.fnwatchdog.undertow.internal.inproc;

/**
 * Whether a handler wants to be told when it can go on reading or writing, and how.
 *
 * <p>Threads: any. The handler is told on the thread that calls {@link #notifyHandler}, without a lock.
 */
final class HandlerInterest {
    // Mutable state, under this object's lock
    private boolean resumed;
    private Runnable handler = () -> {};

    /** @param ready tells the handler */
    synchronized void handler(Runnable ready) {
        handler = ready;
    }

    /** False where the handler has wanted it already. */
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

    /** Tells the handler, where it wants to be told. */
    boolean notifyHandler() {
        return notifyHandler(true);
    }

    /** Tells it for the last time: there will be no more to tell. */
    void notifyLastTime() {
        notifyHandler(false);
    }

    private boolean notifyHandler(boolean again) {
        Runnable waiting;
        synchronized (this) {
            if (!resumed) {
                return false;
            }
            resumed = again;
            waiting = handler;
        }
        waiting.run();
        return true;
    }
}
