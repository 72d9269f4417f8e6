package dev.fnwatchdog.undertow.internal.io;

import java.io.InterruptedIOException;

/** Waits as a channel does: an interrupt ends the wait with an exception, and the thread stays interrupted. */
public final class InterruptibleWait {
    private InterruptibleWait() {}

    /**
     * Waits to be notified. The caller holds the lock, and then checks its condition again.
     *
     * @param millis the longest wait; 0: no limit
     */
    @SuppressWarnings("WaitNotInLoop") // the callers of channels loop
    public static void on(Object lock, long millis) throws InterruptedIOException {
        try {
            lock.wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted, because the request has ended");
        }
    }
}
