package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http.ChunkDecoder;
import dev.fnwatchdog.undertow.internal.io.BodySource;
import dev.fnwatchdog.undertow.internal.io.IoBuffers;
import dev.fnwatchdog.undertow.internal.io.IoLoop;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.util.HeaderMap;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;

/**
 * The body of a function's response, without its framing: first what arrived with the head, then what the connection
 * delivers. When the body ends, the connection is released before the last piece is returned.
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
final class UpstreamSource extends BodySource {
    private static final int EOF = -1;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** The most reads in a row, after which the other requests of the I/O thread run. */
    private static final int MOST_READS = 32;

    private enum State {
        /** The head has not arrived. */
        AWAITED,
        BODY,
        ENDED,
        ABORTED
    }

    /** Receives the end of the body. */
    interface Listener {
        /**
         * Called when the trailers of the body have arrived, before its end.
         *
         * @param head the fields of the response's head
         */
        void trailersReceived(HeaderMap trailers, HeaderMap head);

        /**
         * Called when the body has been read to its end.
         *
         * @param reusable whether the connection can carry another request
         */
        void responseReceived(boolean reusable);

        /** Called when the body breaks off, before its reader gets the exception. */
        void responseBroken();

        /** Called when the reader gives up. */
        void close();
    }

    private final Listener listener;
    private final IoLoop loop;

    // Mutable state
    private State state = State.AWAITED;
    private @Nullable UpstreamConnection upstream;
    private @Nullable PooledByteBuffer pushedBack;
    private @Nullable PooledByteBuffer peeked;
    private @Nullable IOException failure;
    private @Nullable ChunkDecoder chunks;
    private ResponseFraming framing = new ResponseFraming(ResponseFraming.Kind.NONE, 0, false);
    private long remaining;
    private int reads;
    private boolean large;
    private boolean resumed;

    UpstreamSource(Listener listener, IoLoop loop) {
        super(loop.thread());
        this.listener = listener;
        this.loop = loop;
    }

    /**
     * Starts the body, when the head has been read.
     *
     * @param rest what arrived behind the head, which this object closes once it is read; null where nothing did
     */
    void begin(UpstreamConnection connection, ResponseFraming bodyFraming, @Nullable PooledByteBuffer rest) {
        state = State.BODY;
        upstream = connection;
        framing = bodyFraming;
        remaining = bodyFraming.length();
        large = bodyFraming.kind() == ResponseFraming.Kind.LENGTH && remaining > IoBuffers.USUAL_SIZE;
        pushedBack = rest;
        if (bodyFraming.kind() == ResponseFraming.Kind.CHUNKED) {
            chunks = new ChunkDecoder(loop.headerLines(), ChunkDecoder.MAX_RESPONSE_TRAILERS);
        } else if (bodyFraming.kind() == ResponseFraming.Kind.NONE
                || (bodyFraming.kind() == ResponseFraming.Kind.LENGTH && remaining == 0)) {
            end();
        }
    }

    /**
     * Reads the first piece of the body ahead, for its type; the reader gets it later.
     *
     * @return the piece, which must not be changed; empty where the body is empty or breaks off, null where nothing has arrived
     */
    @Nullable
    ByteBuffer peek() {
        UpstreamConnection connection = upstream;
        if (connection == null) {
            return NOTHING;
        }
        PooledByteBuffer piece = connection.buffers().allocate();
        int count = EOF;
        try {
            count = readBody(connection, piece.getBuffer());
            piece.getBuffer().flip();
        } catch (IOException brokenOff) {
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

    /** Ends the body at once: the bytes that follow belong to a tunnel. */
    void endWithoutBody() {
        state = State.ENDED;
    }

    /** Returns whether the whole body has been read. */
    boolean ended() {
        return state == State.ENDED;
    }

    /** Called when the connection has something to read, or has ended. */
    void readable() {
        reads = 0;
        if (resumed) {
            withBuffer(this::notifyReader);
        } else if (upstream != null) {
            upstream.source().suspendReads();
        }
    }

    /** Runs a reader, which gets a large buffer for a large body. */
    void withBuffer(Runnable reader) {
        if (large) {
            loop.withLargeBuffer(reader);
        } else {
            reader.run();
        }
    }

    /**
     * Aborts the body, because the request has ended. A reader that waits gets an error, and releases its buffer; later, because
     * it may be the cause, at this moment.
     */
    void abort() {
        if (peeked != null) {
            peeked.close();
            peeked = null;
            state = State.BODY;
        }
        if (state == State.ENDED || state == State.ABORTED) {
            return;
        }
        state = State.ABORTED;
        upstream = null;
        freePushedBack();
        if (resumed) {
            loop.later(this::notifyReader);
        }
    }

    private void freePushedBack() {
        if (pushedBack != null) {
            pushedBack.close();
            pushedBack = null;
        }
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        if (peeked != null) {
            return readPeeked(peeked, dst);
        }
        if (state == State.ENDED) {
            return EOF;
        }
        if (upstream == null) {
            throw new ClosedChannelException();
        }
        if (!dst.hasRemaining() || ++reads > MOST_READS) {
            return 0;
        }
        try {
            if (failure != null) {
                throw failure;
            }
            int count = readBody(upstream, dst);
            large |= !dst.hasRemaining();
            return count;
        } catch (IOException failure) {
            listener.responseBroken();
            throw failure;
        }
    }

    private int readPeeked(PooledByteBuffer piece, ByteBuffer dst) {
        int count = Buffers.copy(dst, piece.getBuffer());
        if (!piece.getBuffer().hasRemaining()) {
            peeked = null;
            piece.close();
        }
        return count;
    }

    private int readBody(UpstreamConnection connection, ByteBuffer dst) throws IOException {
        return switch (framing.kind()) {
            case LENGTH -> readLength(connection, dst);
            case CHUNKED -> readChunked(connection, dst);
            case UNTIL_CLOSE -> readUntilClose(connection, dst);
            case NONE -> EOF;
        };
    }

    private int readLength(UpstreamConnection connection, ByteBuffer dst) throws IOException {
        int limit = dst.limit();
        dst.limit((int) Math.min(limit, dst.position() + remaining));
        int count;
        try {
            count = readRaw(connection, dst);
        } finally {
            dst.limit(limit);
        }
        if (count < 0) {
            throw new EOFException("the function ended its response before its length");
        }
        remaining -= count;
        if (remaining == 0) {
            end();
        }
        return count;
    }

    private int readChunked(UpstreamConnection connection, ByteBuffer dst) throws IOException {
        ChunkDecoder decoder = chunks();
        while (true) {
            int from = dst.position();
            int raw = readRaw(connection, dst);
            if (raw < 0) {
                throw new EOFException("the function ended its response before its last chunk");
            }
            int rawEnd = dst.position();
            int read = decoder.decode(dst, from);
            int data = dst.position() - from;
            if (decoder.done()) {
                endChunked(connection, decoder, read < rawEnd);
                return data > 0 ? data : EOF;
            }
            if (data > 0 || raw == 0) {
                return data;
            }
        }
    }

    private ChunkDecoder chunks() {
        if (chunks == null) {
            throw new IllegalStateException("the body is not chunked");
        }
        return chunks;
    }

    private void endChunked(UpstreamConnection connection, ChunkDecoder decoder, boolean followed) {
        if (decoder.trailers().size() > 0) {
            listener.trailersReceived(decoder.trailers(), connection.parser().headers());
        }
        if (followed) {
            framing = new ResponseFraming(framing.kind(), framing.length(), false);
        }
        end();
    }

    private int readUntilClose(UpstreamConnection connection, ByteBuffer dst) throws IOException {
        int count = readRaw(connection, dst);
        if (count < 0) {
            end();
        }
        return count;
    }

    private int readRaw(UpstreamConnection connection, ByteBuffer dst) throws IOException {
        if (pushedBack == null) {
            return connection.source().read(dst);
        }
        ByteBuffer rest = pushedBack.getBuffer();
        int count = Buffers.copy(dst, rest);
        if (!rest.hasRemaining()) {
            freePushedBack();
        }
        return count;
    }

    /** Ends the body. A connection that has bytes behind the end is not used again (specification 3.29). */
    private void end() {
        state = State.ENDED;
        // Another request may use the connection from now on.
        upstream = null;
        boolean reusable = framing.reusable() && pushedBack == null;
        freePushedBack();
        listener.responseReceived(reusable);
    }

    @Override
    public void resumeReads() {
        registerForReads();
        if (state != State.BODY || pushedBack != null || peeked != null) {
            loop.later(this::readable);
        }
    }

    /** Registers for reads, also while pushed-back bytes are left, because more may follow them. */
    private void registerForReads() {
        resumed = true;
        if (upstream != null) {
            upstream.source().resumeReads();
        }
    }

    @Override
    public void suspendReads() {
        resumed = false;
        if (upstream != null && state == State.BODY) {
            upstream.source().suspendReads();
        }
    }

    @Override
    public void wakeupReads() {
        registerForReads();
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
