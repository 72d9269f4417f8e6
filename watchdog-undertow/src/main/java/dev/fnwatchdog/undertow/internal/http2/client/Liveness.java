package dev.fnwatchdog.undertow.internal.http2.client;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * Detects a server that is not there any more: while streams are open and nothing arrives, it asks with a PING. One timer serves
 * all streams.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class Liveness {
    private enum State {
        /** No stream is open. */
        UNUSED,
        /** A stream is, or was recently, open. */
        WATCHED,
        /** A PING was sent, and nothing has arrived since then. */
        PINGED,
        STOPPED
    }

    private final XnioIoThread thread;
    private final ClientOptions options;
    private final Connection connection;

    // Mutable state
    private State state = State.UNUSED;
    private long lastReceived;
    private XnioExecutor.@Nullable Key timer;

    /** What is watched. */
    interface Connection {
        boolean hasOpenStreams();

        void sendPing();

        /** Called when the server has not reacted to the PING. */
        void unresponsive();
    }

    Liveness(XnioIoThread thread, ClientOptions options, Connection connection) {
        this.thread = thread;
        this.options = options;
        this.connection = connection;
    }

    void streamOpened() {
        if (state == State.UNUSED) {
            state = State.WATCHED;
            lastReceived = System.nanoTime();
            checkIn(options.pingAfterMillis());
        }
    }

    /** Called when bytes have arrived. */
    void received() {
        lastReceived = System.nanoTime();
        if (state == State.PINGED) {
            state = State.WATCHED;
        }
    }

    private void checkIn(long millis) {
        timer = thread.executeAfter(this::check, millis, TimeUnit.MILLISECONDS);
    }

    private void check() {
        timer = null;
        long quiet = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastReceived);
        if (!connection.hasOpenStreams()) {
            state = State.UNUSED;
        } else if (state == State.PINGED) {
            connection.unresponsive();
        } else if (quiet >= options.pingAfterMillis()) {
            state = State.PINGED;
            connection.sendPing();
            checkIn(options.pingTimeoutMillis());
        } else {
            checkIn(options.pingAfterMillis() - quiet);
        }
    }

    void stop() {
        state = State.STOPPED;
        if (timer != null) {
            timer.remove();
            timer = null;
        }
    }
}
