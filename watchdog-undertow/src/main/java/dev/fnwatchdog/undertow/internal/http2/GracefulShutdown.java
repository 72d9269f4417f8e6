package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FrameWriter;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;

/**
 * Ends a connection without losing a request (RFC 9113 6.8, specification 7.12). A first GOAWAY announces the end. A second one
 * names the last stream that is served, after the client has acknowledged the PING behind the first.
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
final class GracefulShutdown {
    /** Longer than a round trip; a slower client may lose requests that it sends after the first GOAWAY. */
    private static final long ANNOUNCEMENT_MILLIS = 1000;

    private static final long PING_PAYLOAD = 0x6c65617665L;

    private enum State {
        NOT_STARTED,
        /** The first GOAWAY is written; new streams are still served. */
        ANNOUNCED,
        /** The last stream is named. */
        LAST_STREAM_NAMED
    }

    private final XnioIoThread thread;
    private final FrameWriter frames;
    private final StreamTable streams;

    // Mutable state
    private State state = State.NOT_STARTED;
    private Runnable onLastStreamNamed = () -> {};
    private XnioExecutor.@Nullable Key timer;

    GracefulShutdown(XnioIoThread thread, FrameWriter frames, StreamTable streams) {
        this.thread = thread;
        this.frames = frames;
        this.streams = streams;
    }

    /** Returns whether new streams are no longer served. */
    boolean isLastStreamNamed() {
        return state == State.LAST_STREAM_NAMED;
    }

    /**
     * Writes the first GOAWAY, unless a shutdown is in progress.
     *
     * @param onLastStreamNamed run after the second GOAWAY is written, or the connection has ended in another way
     * @param expired run when the client has not acknowledged the PING in time
     */
    void announce(Runnable onLastStreamNamed, Runnable expired) {
        if (state != State.NOT_STARTED) {
            onLastStreamNamed.run();
            return;
        }
        state = State.ANNOUNCED;
        this.onLastStreamNamed = onLastStreamNamed;
        frames.goAway(Integer.MAX_VALUE, ErrorCode.NO_ERROR);
        frames.ping(0, PING_PAYLOAD);
        timer = thread.executeAfter(expired, ANNOUNCEMENT_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Returns whether the acknowledgement of a PING proves that the client has read the first GOAWAY. */
    boolean isAcknowledgedBy(long payload) {
        return state == State.ANNOUNCED && payload == PING_PAYLOAD;
    }

    /**
     * Writes the GOAWAY that names the last stream.
     *
     * @return true where it was written; false where it was written before
     */
    boolean nameLastStream(ErrorCode code) {
        if (state == State.LAST_STREAM_NAMED) {
            return false;
        }
        frames.goAway(streams.lastServed(), code);
        end();
        return true;
    }

    /** Stops serving new streams and runs the callback. */
    void end() {
        state = State.LAST_STREAM_NAMED;
        if (timer != null) {
            timer.remove();
            timer = null;
        }
        Runnable callback = onLastStreamNamed;
        onLastStreamNamed = () -> {};
        callback.run();
    }
}
