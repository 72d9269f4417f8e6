package dev.fnwatchdog.undertow.internal.connection;

import java.util.concurrent.TimeUnit;

/**
 * Decides when a connection without a request is closed while the watchdog stops: at once, unless its client has just
 * connected or has sent a part of a head; and not before what has arrived is read.
 *
 * <p>Threads: the connection's I/O thread, but for {@link #waiting}, which any thread may ask.
 */
final class IdleClosePolicy {
    /** How long a client may take, from its connection or from the first byte of a head, to send the whole head. */
    private static final long REQUEST_MILLIS = 1000;

    private static final long LAST_LOOK_MILLIS = 1;

    private enum Wait {
        NONE,
        /** The client is about to send a request. */
        REQUEST,
        /** What has arrived is read first: a busy I/O thread may have had no time for it. */
        LAST_LOOK
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

    /** The connection is closed in another way. */
    void cancel() {
        wait = Wait.NONE;
    }

    /** Whether the connection is kept open for a request that its client is about to send. */
    boolean waiting() {
        return wait != Wait.NONE;
    }

    /** Whether to close now; if not, {@link ServedConnection#closeIfIdle()} is run again later. */
    boolean shouldClose(boolean partOfHead, long headBeganNanos) {
        long left = partOfHead || unused ? millisLeft(partOfHead ? headBeganNanos : acceptedNanos) : 0;
        if (left > 0) {
            await(Wait.REQUEST, left);
            return false;
        }
        if (wait != Wait.LAST_LOOK) {
            await(Wait.LAST_LOOK, LAST_LOOK_MILLIS);
            return false;
        }
        return true;
    }

    private static long millisLeft(long sinceNanos) {
        return REQUEST_MILLIS - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - sinceNanos);
    }

    private void await(Wait what, long millis) {
        wait = what;
        connection.getIoThread().executeAfter(connection::closeIfIdle, millis, TimeUnit.MILLISECONDS);
    }
}
