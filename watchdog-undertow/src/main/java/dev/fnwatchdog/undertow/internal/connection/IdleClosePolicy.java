package dev.fnwatchdog.undertow.internal.connection;

import java.util.concurrent.TimeUnit;

/**
 * Decides when a connection without a request is closed during a shutdown (specification 7.8): at once, unless its
 * client has just connected or has sent a part of a head; but only after everything that has arrived has been read.
 *
 * <p>Threads: the connection's I/O thread, except for {@link #waiting}, which any thread may call.
 */
final class IdleClosePolicy {
    /** How long a client may take, from its connection or from the first byte of a head, to send the whole head. */
    private static final long REQUEST_MILLIS = 1000;

    private static final long FINAL_READ_MILLIS = 1;

    private enum Wait {
        NONE,
        /** The client is about to send a request. */
        REQUEST,
        /** What has arrived is read first: a busy I/O thread may not have read it yet. */
        FINAL_READ
    }

    private final ServedConnection connection;
    private final long acceptedNanos = System.nanoTime();

    // Mutable state
    private boolean unused = true;
    private volatile Wait wait = Wait.NONE;

    IdleClosePolicy(ServedConnection connection) {
        this.connection = connection;
    }

    void requestStarted() {
        unused = false;
        cancel();
    }

    /** Ends the wait, because the connection is closed in another way. */
    void cancel() {
        wait = Wait.NONE;
    }

    /** Returns whether the connection is kept open for a request that its client is about to send. */
    boolean waiting() {
        return wait != Wait.NONE;
    }

    /** Returns whether to close the connection now. If not, {@link ServedConnection#closeIfIdle()} runs again later. */
    boolean shouldClose(boolean partOfHead, long headBeganNanos) {
        long millis = partOfHead || unused ? millisLeft(partOfHead ? headBeganNanos : acceptedNanos) : 0;
        if (millis > 0) {
            checkLater(Wait.REQUEST, millis);
            return false;
        }
        if (wait != Wait.FINAL_READ) {
            checkLater(Wait.FINAL_READ, FINAL_READ_MILLIS);
            return false;
        }
        return true;
    }

    private static long millisLeft(long sinceNanos) {
        return REQUEST_MILLIS - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos);
    }

    private void checkLater(Wait reason, long millis) {
        wait = reason;
        connection.getIoThread().executeAfter(connection::closeIfIdle, millis, TimeUnit.MILLISECONDS);
    }
}
