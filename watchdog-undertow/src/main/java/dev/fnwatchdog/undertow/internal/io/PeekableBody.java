package dev.fnwatchdog.undertow.internal.io;

import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;

/**
 * The body of a response. Its first piece can be read ahead where the head for the client depends on it.
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
public abstract class PeekableBody extends BodySource {
    protected static final int EOF = -1;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private enum State {
        /** The head has not arrived. */
        AWAITED,
        BODY,
        ENDED,
        ABORTED
    }

    /** Receives the end of the body. */
    public interface Listener {
        /** Called when the body breaks off, before its reader gets the exception. */
        void responseBroken();

        /** Called when the reader gives up. */
        void close();
    }

    private final IoLoop loop;
    private final Listener listener;

    // Mutable state
    private State state = State.AWAITED;
    private @Nullable PooledByteBuffer peeked;
    private @Nullable IOException failure;

    protected PeekableBody(IoLoop loop, Listener listener) {
        super(loop.thread());
        this.loop = loop;
        this.listener = listener;
    }

    /** Starts the body: the head has arrived. */
    protected final void start() {
        state = State.BODY;
    }

    /** Ends the body: all of it has been received. */
    protected final void endReached() {
        state = State.ENDED;
    }

    /** Returns whether the head has arrived. */
    public final boolean hasBegun() {
        return state != State.AWAITED;
    }

    /** Returns whether the whole body has been received. */
    public final boolean hasEnded() {
        return state == State.ENDED;
    }

    /** Reads the bytes that follow those read before, while the body has neither ended nor been aborted. */
    protected abstract int readNext(ByteBuffer dst) throws IOException;

    /** Releases what the body holds. */
    protected abstract void released();

    /**
     * Reads the first piece of the body ahead; the reader gets it later.
     *
     * @return the piece, which must not be changed; empty where the body is empty or breaks off, null where nothing has arrived
     */
    public final @Nullable ByteBuffer peek() {
        if (state != State.BODY) {
            return NOTHING;
        }
        PooledByteBuffer piece = loop.buffers().allocate();
        int count = EOF;
        try {
            count = readNext(piece.getBuffer());
            piece.getBuffer().flip();
        } catch (IOException brokenOff) {
            // For the reader, which reads on.
            failure = brokenOff;
        } finally {
            if (count > 0) {
                peeked = piece;
            } else {
                piece.close();
            }
        }
        return count > 0 ? piece.getBuffer() : count == 0 ? null : NOTHING;
    }

    @Override
    public final int read(ByteBuffer dst) throws IOException {
        if (peeked != null) {
            return readPeeked(peeked.getBuffer(), dst);
        }
        if (state == State.ENDED) {
            return EOF;
        }
        if (state != State.BODY) {
            throw new ClosedChannelException();
        }
        try {
            if (failure != null) {
                throw failure;
            }
            return readNext(dst);
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

    private void freePeeked() {
        if (peeked != null) {
            peeked.close();
            peeked = null;
        }
    }

    /** Called when there may be something to read. */
    public final void readable() {
        if (isReadResumed()) {
            notifyReader();
        } else {
            suspendReads();
        }
    }

    /** Aborts the body, because the request has ended. A reader that waits gets an error, and releases its buffer. */
    public final void abort() {
        boolean ended = state == State.ENDED && peeked == null;
        freePeeked();
        if (!ended && state != State.ABORTED) {
            state = State.ABORTED;
            released();
            if (isReadResumed()) {
                notifyReaderSoon();
            }
        }
    }

    @Override
    public void resumeReads() {
        super.resumeReads();
        if (peeked != null || state != State.BODY) {
            notifyReaderSoon();
        }
    }

    @Override
    public final void terminateReads() {
        if (state != State.ENDED) {
            listener.close();
        }
    }

    @Override
    public final boolean isReadShutdown() {
        return state == State.ENDED || state == State.ABORTED;
    }
}
