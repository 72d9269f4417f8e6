package dev.fnwatchdog.undertow.internal.http2.client;

import dev.fnwatchdog.undertow.internal.io.BodySink;
import dev.fnwatchdog.undertow.internal.io.IoLoop;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.Transitions;
import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.conduits.WriteReadyHandler;

/**
 * The body of a request, which may be written before there is a stream and after it has ended: first it accepts nothing, and
 * then it accepts and discards everything, so that its writer reaches the end and releases its buffer. It never fails.
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
public final class RequestBody extends BodySink {
    enum State {
        /** There is no stream. */
        WAITING,
        OPEN,
        /** The end of the request is on its way. */
        SENT,
        /** The stream has ended, which its listener is about to hear. */
        BROKEN,
        /** The server needs no more. */
        DISCARDING;

        private boolean canBecome(State next) {
            return switch (this) {
                case WAITING -> next == OPEN || next == SENT || next == DISCARDING;
                case OPEN -> next == WAITING || next == SENT || next == BROKEN || next == DISCARDING;
                case SENT -> next == WAITING || next == BROKEN || next == DISCARDING;
                case BROKEN -> next == WAITING || next == DISCARDING;
                case DISCARDING -> false;
            };
        }

        /** Returns {@code next}, which must be a state that may follow this one. */
        State to(State next) {
            return Transitions.checked(this, next, canBecome(next));
        }
    }

    /** Receives the end of the body. */
    public interface Listener {
        /** Called when the body is complete; returns its trailers, an empty map where there are none. */
        HeaderMap trailers();

        /** Called when the writer gives up. */
        void close();
    }

    private final IoLoop loop;
    private final Listener listener;

    // Mutable state
    private State state = State.WAITING;
    private @Nullable ClientStream stream;
    private boolean taken;
    private boolean terminated;

    public RequestBody(IoLoop loop, Listener listener) {
        super(loop.thread());
        this.loop = loop;
        this.listener = listener;
    }

    /** Sets the stream, and continues with a writer that has waited for it; {@code complete} where nothing is to be sent. */
    public void attach(ClientStream opened, boolean complete) {
        if (state != State.WAITING) {
            return;
        }
        stream = opened;
        state = state.to(complete ? State.SENT : State.OPEN);
        opened.request().setWriteReadyHandler(new Writer(opened));
        if (terminated) {
            end();
        }
        if (isWriteResumed()) {
            resumeWrites();
        }
    }

    /** Removes a stream that has ended. Returns whether the request can be sent on another one: no byte was taken from it. */
    public boolean detach() {
        if (taken || state == State.DISCARDING) {
            return false;
        }
        if (state != State.WAITING) {
            state = state.to(State.WAITING);
        }
        stream = null;
        return true;
    }

    public boolean isSent() {
        return state == State.SENT;
    }

    /** Discards the rest of the body. A writer that waits is notified later: it may be the cause, at this moment. */
    public void discard() {
        if (state != State.DISCARDING) {
            state = state.to(State.DISCARDING);
            stream = null;
            notifyLater();
        }
    }

    private void notifyLater() {
        if (isWriteResumed()) {
            notifyWriterSoon();
        }
    }

    /** Notifies the writer when its stream has room, or has ended. */
    private final class Writer implements WriteReadyHandler {
        private final ClientStream opened;

        private Writer(ClientStream opened) {
            this.opened = opened;
        }

        @Override
        public void writeReady() {
            if (stream == opened && state == State.OPEN && opened.request().isWriteShutdown()) {
                streamEnded();
            } else if (stream == opened) {
                notifyWriter();
            }
        }

        @Override
        public void forceTermination() {
            discard();
        }

        @Override
        public void terminated() {}
    }

    /** The stream's listener may send the request again; otherwise the rest of the request is of no use. */
    private void streamEnded() {
        if (state != State.OPEN && state != State.SENT) {
            return;
        }
        state = state.to(State.BROKEN);
        stream = null;
        loop.later(() -> {
            if (state == State.BROKEN) {
                discard();
            }
        });
    }

    @Override
    public long write(ByteBuffer[] srcs, int offs, int len) {
        ClientStream current = stream;
        if (state == State.DISCARDING) {
            return Buffers.trySkip(srcs, offs, len, Long.MAX_VALUE);
        }
        if (current == null) {
            return 0;
        }
        long before = Buffers.remaining(srcs, offs, len);
        try {
            current.request().write(srcs, offs, len);
        } catch (IOException ended) {
            // What its reason is, the stream's listener hears.
            streamEnded();
        }
        long written = before - Buffers.remaining(srcs, offs, len);
        taken |= written > 0;
        return written;
    }

    /** Returns true unless the end of the request is to be sent and there is no stream. */
    @Override
    public boolean flush() {
        return state != State.WAITING || !terminated;
    }

    @Override
    public void terminateWrites() {
        if (!terminated) {
            terminated = true;
            end();
        }
    }

    private void end() {
        if (state != State.OPEN) {
            return;
        }
        HeaderMap trailers = listener.trailers();
        ClientStream current = stream;
        if (state != State.OPEN || current == null) {
            return;
        }
        try {
            current.setTrailers(trailers);
            current.request().terminateWrites();
            if (state == State.OPEN) {
                state = state.to(State.SENT);
            }
        } catch (IOException ended) {
            streamEnded();
        }
    }

    @Override
    public void truncateWrites() {
        listener.close();
    }

    @Override
    public boolean isWriteShutdown() {
        return terminated;
    }

    @Override
    public void resumeWrites() {
        super.resumeWrites();
        ClientStream current = stream;
        if (state == State.OPEN && current != null) {
            current.request().resumeWrites();
        } else if (state != State.WAITING) {
            notifyLater();
        }
    }

    @Override
    public void suspendWrites() {
        super.suspendWrites();
        if (stream != null) {
            stream.request().suspendWrites();
        }
    }
}
