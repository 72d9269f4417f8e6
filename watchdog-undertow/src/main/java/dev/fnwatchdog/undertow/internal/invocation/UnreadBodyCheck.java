package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.undertow.internal.connection.ServedConnections;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.PeerCloseCheck;
import dev.fnwatchdog.undertow.internal.io.Timer;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks at intervals whether a client whose request body is not read has disconnected (specification 3.45), and then aborts
 * the invocation.
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
public final class UnreadBodyCheck {
    /** A disconnect is seen within a second. There is no event for it: the end of the connection is behind the unread body. */
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private final Invocation invocation;
    private final BooleanSupplier reading;

    // Mutable state
    private @Nullable Timer next;

    private UnreadBodyCheck(Invocation invocation, BooleanSupplier reading) {
        this.invocation = invocation;
        this.reading = reading;
    }

    /**
     * Starts the checks.
     *
     * @param reading whether a reader waits for the body; it sees a disconnect itself
     */
    public static UnreadBodyCheck start(Invocation invocation, BooleanSupplier reading) {
        UnreadBodyCheck check = new UnreadBodyCheck(invocation, reading);
        // HTTP/2 connections are always read.
        if (PeerCloseCheck.available() && invocation.exchange().getConnection() instanceof HttpServerConnection) {
            check.schedule();
        }
        return check;
    }

    private void schedule() {
        next = invocation.loop().after(System.nanoTime(), INTERVAL_NANOS, this::check);
    }

    private void check() {
        boolean closed = !reading.getAsBoolean()
                && PeerCloseCheck.isClosedByPeer(
                        ServedConnections.of(invocation.exchange()).socket());
        if (closed) {
            invocation.clientDisconnected();
        } else {
            schedule();
        }
    }

    /** Ends the checks. */
    public void cancel() {
        if (next != null) {
            next.cancel();
        }
    }
}
