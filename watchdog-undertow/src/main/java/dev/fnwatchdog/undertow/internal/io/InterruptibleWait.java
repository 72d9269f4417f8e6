package dev.fnwatchdog.undertow.internal.io;

import java.io.InterruptedIOException;

/** Waiting as a channel does it: who is interrupted meanwhile is told by an exception, and stays interrupted. */
public final class InterruptibleWait {
    private InterruptibleWait() {}

    /**
     * Waits to be notified; the caller holds the lock, and looks again at what he waits for.
     *
     * @param millis for at most so long; 0 for ever
     */
    @SuppressWarnings("WaitNotInLoop") // the callers of channels loop
    public static void on(Object lock, long millis) throws InterruptedIOException {
        try {
            lock.wait(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted, since the call is over");
        }
    }
}
