package dev.fnwatchdog.undertow.internal.http2.client;

import dev.fnwatchdog.undertow.internal.io.BodySource;
import dev.fnwatchdog.undertow.internal.io.IoLoop;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.conduits.ReadReadyHandler;

/**
 * The body of a response: what its stream delivers, the first piece of which can be read ahead.
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
public final class ResponseBody extends BodySource {
    private static final int EOF = -1;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private enum State {
        /** The head has not arrived. */
        AWAITED,
        /** The first piece is to be read ahead, and has not arrived. */
        PEEKING,
        BODY,
        ENDED,
        ABORTED
    }

    /** Receives the end of the body. */
    public interface Listener {
        /** Called when the first piece has arrived, after {@link #peek} has returned null. */
        void firstPieceReceived();

        /** Called when the body has been read to its end. */
        void responseReceived();

        /** Called when the body breaks off, before its reader gets the exception. */
        void responseBroken();

        /** Called when the reader gives up. */
        void close();
    }

    private final IoLoop loop;
    private final ByteBufferPool buffers;
    private final Listener listener;

    // Mutable state
    private State state = State.AWAITED;
    private @Nullable ClientStream stream;
    private @Nullable PooledByteBuffer peeked;
    private boolean resumed;

    public ResponseBody(IoLoop loop, ByteBufferPool buffers, Listener listener) {
        super(loop.thread());
        this.loop = loop;
        this.buffers = buffers;
        this.listener = listener;
    }

    /** Starts the body when the head has arrived. */
    public void begin(ClientStream opened) {
        state = State.BODY;
        stream = opened;
        opened.response().setReadReadyHandler(new Reader());
    }

    /** Starts a body that is empty, and has ended. */
    public void beginEmpty() {
        state = State.ENDED;
        listener.responseReceived();
    }

    /** Returns whether the head has arrived. */
    public boolean hasBegun() {
        return state != State.AWAITED;
    }

    private final class Reader implements ReadReadyHandler {
        @Override
        public void readReady() {
            if (state == State.PEEKING) {
                listener.firstPieceReceived();
            } else if (state == State.BODY) {
                notifyReader();
            }
        }

        @Override
        public void forceTermination() {
            listener.close();
        }

        @Override
        public void terminated() {}
    }

    /**
     * Reads the first piece of the body ahead; the reader gets it later.
     *
     * @return the piece, which must not be changed; empty where the body is empty or breaks off, null where nothing has arrived
     */
    public @Nullable ByteBuffer peek() {
        ClientStream current = stream;
        if (current == null) {
            return NOTHING;
        }
        PooledByteBuffer piece = buffers.allocate();
        int count = EOF;
        try {
            count = current.response().read(piece.getBuffer());
            piece.getBuffer().flip();
        } catch (IOException brokenOff) {
            // Reading fails again: the reader gets the exception.
            count = EOF;
        } finally {
            if (count > 0) {
                peeked = piece;
            } else {
                piece.close();
            }
        }
        if (count == 0) {
            state = State.PEEKING;
            current.response().resumeReads();
            return null;
        }
        state = State.BODY;
        current.response().suspendReads();
        return count > 0 ? piece.getBuffer() : NOTHING;
    }

    /**
     * Aborts the body, because the request has ended. A reader that waits gets an error, and releases its buffer; later, because
     * it may be the cause, at this moment.
     */
    public void abort() {
        freePeeked();
        if (state == State.ENDED || state == State.ABORTED) {
            return;
        }
        state = State.ABORTED;
        stream = null;
        if (resumed) {
            loop.later(this::notifyReader);
        }
    }

    private void freePeeked() {
        if (peeked != null) {
            peeked.close();
            peeked = null;
        }
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        if (peeked != null) {
            return readPeeked(peeked.getBuffer(), dst);
        }
        if (state == State.ENDED) {
            return EOF;
        }
        ClientStream current = stream;
        if (current == null) {
            throw new ClosedChannelException();
        }
        try {
            int count = current.response().read(dst);
            if (count < 0) {
                state = State.ENDED;
                stream = null;
                listener.responseReceived();
            }
            return count;
        } catch (IOException broken) {
            listener.responseBroken();
            throw broken;
        }
    }

    private int readPeeked(ByteBuffer piece, ByteBuffer dst) {
        int count = Buffers.copy(dst, piece);
        if (!piece.hasRemaining()) {
            freePeeked();
        }
        return count;
    }

    @Override
    public void resumeReads() {
        resumed = true;
        if (stream != null) {
            stream.response().resumeReads();
        }
        if (peeked != null || stream == null) {
            loop.later(this::notifyReader);
        }
    }

    @Override
    public void suspendReads() {
        resumed = false;
        if (stream != null) {
            stream.response().suspendReads();
        }
    }

    @Override
    public void wakeupReads() {
        resumeReads();
        notifyReader();
    }

    @Override
    public boolean isReadResumed() {
        return resumed;
    }

    @Override
    public void terminateReads() {
        if (state != State.ENDED) {
            listener.close();
        }
    }

    @Override
    public boolean isReadShutdown() {
        return state == State.ENDED || state == State.ABORTED;
    }
}
