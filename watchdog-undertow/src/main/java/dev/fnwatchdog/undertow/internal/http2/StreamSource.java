package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.io.BodySource;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import org.xnio.Buffers;

/**
 * Provides the body that arrives on one stream. Bytes that were received and not yet read are kept in pooled buffers, at most
 * as many as the stream's window allows; reading them widens the window again.
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
public final class StreamSource extends BodySource {
    private static final int EOF = -1;

    private enum State {
        RECEIVING,
        /** All was received, not all was read. */
        RECEIVED,
        /** The end was read. */
        FINISHED,
        /** The body is not read any more: what arrives is dropped. */
        DISCARDING,
        ABORTED
    }

    private final Http2Connection connection;
    private final Http2Stream stream;
    private final ArrayDeque<PooledByteBuffer> received = new ArrayDeque<>(0);

    // Mutable state
    private State state = State.RECEIVING;
    // how much of the first buffer was read
    private int readPosition;

    StreamSource(Http2Connection connection, Http2Stream stream) {
        super(connection.thread());
        this.connection = connection;
        this.stream = stream;
    }

    /** Stores a piece of the body that has arrived. */
    void receive(ByteBuffer piece) {
        if (state != State.RECEIVING) {
            stream.user().bodyDropped();
            return;
        }
        while (piece.hasRemaining()) {
            Buffers.copy(writableBuffer(), piece);
        }
        notifyReader();
    }

    /**
     * Returns a buffer with space. Buffers are filled from position to limit; the first was read up to {@code readPosition}.
     */
    private ByteBuffer writableBuffer() {
        PooledByteBuffer last = received.peekLast();
        if (last == null || !last.getBuffer().hasRemaining()) {
            last = connection.buffers().allocate();
            received.addLast(last);
        }
        return last.getBuffer();
    }

    /** Called when the peer has sent END_STREAM. */
    void end() {
        if (state == State.RECEIVING) {
            state = State.RECEIVED;
            notifyReader();
        } else if (state == State.DISCARDING) {
            finish();
        }
    }

    /** Drops what was not read; reading fails from now on. */
    public void abort() {
        if (state != State.FINISHED && state != State.ABORTED) {
            state = State.ABORTED;
            free();
            notifyReaderSoon();
        }
    }

    private void finish() {
        state = State.FINISHED;
        free();
        stream.user().bodyRead();
    }

    private void free() {
        while (!received.isEmpty()) {
            received.remove().close();
        }
        readPosition = 0;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        switch (state) {
            case ABORTED -> throw new ClosedChannelException();
            case FINISHED -> {
                return EOF;
            }
            case DISCARDING -> {
                return 0;
            }
            default -> {
                return readReceived(dst);
            }
        }
    }

    private int readReceived(ByteBuffer dst) {
        int from = dst.position();
        while (dst.hasRemaining() && !received.isEmpty()) {
            ByteBuffer bytes = received.element().getBuffer();
            int length = Math.min(dst.remaining(), bytes.position() - readPosition);
            dst.put(dst.position(), bytes, readPosition, length);
            dst.position(dst.position() + length);
            readPosition += length;
            if (readPosition == bytes.position()) {
                received.remove().close();
                readPosition = 0;
            }
        }
        int count = dst.position() - from;
        if (count > 0) {
            connection.consumed(stream, count);
        } else if (state == State.RECEIVED && received.isEmpty() && dst.hasRemaining()) {
            finish();
            return EOF;
        }
        return count;
    }

    @Override
    public void terminateReads() {
        if (state == State.RECEIVING) {
            state = State.DISCARDING;
            free();
            stream.user().bodyUnwanted();
        } else if (state == State.RECEIVED) {
            finish();
        }
    }

    @Override
    public boolean isReadShutdown() {
        return state != State.RECEIVING && state != State.RECEIVED;
    }

    /** Notifies a reader that stays resumed until no bytes are left, each further time from the I/O thread's queue. */
    @Override
    protected void notifyReader() {
        super.notifyReader();
        if (isReadResumed() && (!received.isEmpty() || state == State.RECEIVED)) {
            notifyReaderSoon();
        }
    }

    @Override
    public void resumeReads() {
        super.resumeReads();
        if (!received.isEmpty() || state != State.RECEIVING) {
            notifyReaderSoon();
        }
    }

    /** Notifies the reader from the I/O thread's queue alone. */
    @Override
    public void wakeupReads() {
        super.resumeReads();
        notifyReaderSoon();
    }
}
