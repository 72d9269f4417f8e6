package dev.fnwatchdog.undertow.internal.http2.client;

import dev.fnwatchdog.undertow.internal.io.IoThread;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;

/**
 * Detects a server that is not there any more: while streams are open and nothing arrives, or where nothing has arrived since
 * the last one was opened, it asks with a PING. One timer serves all streams.
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
final class Liveness {
    private enum State {
        /** No stream is open, and the server has sent something since the last one was opened. */
        UNUSED,
        /** Nothing has arrived since a stream was opened. The stream may have been given up: that does not show that the server lives. */
        AWAITED,
        /** Something has arrived since the last stream was opened. */
        HEARD,
        /** A PING was sent, and nothing has arrived since then. */
        PINGED,
        STOPPED
    }

    private final ClientOptions options;
    private final Http2ClientConnection connection;

    // Mutable state
    private State state = State.UNUSED;
    private long lastReceived;
    private XnioExecutor.@Nullable Key timer;

    Liveness(Http2ClientConnection connection, ClientOptions options) {
        this.options = options;
        this.connection = connection;
    }

    void streamOpened() {
        if (state == State.UNUSED) {
            lastReceived = System.nanoTime();
            checkIn(options.pingAfterMillis());
        }
        if (state == State.UNUSED || state == State.HEARD) {
            state = State.AWAITED;
        }
    }

    /** Called when bytes have arrived. */
    void received() {
        lastReceived = System.nanoTime();
        if (state == State.AWAITED || state == State.PINGED) {
            state = State.HEARD;
        }
    }

    private void checkIn(long millis) {
        timer = connection.thread().executeAfter(this::check, millis, TimeUnit.MILLISECONDS);
    }

    private void check() {
        timer = null;
        long quiet = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - lastReceived);
        if (state == State.HEARD && connection.openStreams() == 0) {
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
