package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http.ChunkDecoder;
import dev.fnwatchdog.undertow.internal.io.IoBuffers;
import dev.fnwatchdog.undertow.internal.io.IoLoop;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.PeekableBody;
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
final class UpstreamSource extends PeekableBody {
    /** The most reads in a row, after which the other requests of the I/O thread run. */
    private static final int MOST_READS = 32;

    /** Receives the end of the body. */
    interface Listener extends PeekableBody.Listener {
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
    }

    private final Listener listener;
    private final IoLoop loop;

    // Mutable state
    private @Nullable UpstreamConnection upstream;
    private @Nullable PooledByteBuffer pushedBack;
    private @Nullable ChunkDecoder chunks;
    private ResponseFraming framing = new ResponseFraming(ResponseFraming.Kind.NONE, 0, false);
    private long remaining;
    private int reads;
    private boolean large;

    UpstreamSource(Listener listener, IoLoop loop) {
        super(loop, listener);
        this.listener = listener;
        this.loop = loop;
    }

    /**
     * Starts the body, when the head has been read.
     *
     * @param rest what arrived behind the head, which this object closes once it is read; null where nothing did
     */
    void begin(UpstreamConnection connection, ResponseFraming bodyFraming, @Nullable PooledByteBuffer rest) {
        start();
        upstream = connection;
        framing = bodyFraming;
        remaining = bodyFraming.length();
        large = bodyFraming.kind() == ResponseFraming.Kind.LENGTH && remaining > IoBuffers.USUAL_SIZE;
        pushedBack = rest;
        if (bodyFraming.kind() == ResponseFraming.Kind.CHUNKED) {
            chunks = new ChunkDecoder(ChunkDecoder.MAX_RESPONSE_TRAILERS);
        } else if (bodyFraming.kind() == ResponseFraming.Kind.NONE
                || (bodyFraming.kind() == ResponseFraming.Kind.LENGTH && remaining == 0)) {
            end();
        }
    }

    /** Ends the body at once: the bytes that follow belong to a tunnel. */
    void endWithoutBody() {
        endReached();
    }

    @Override
    protected void notifyReader() {
        reads = 0;
        if (large) {
            loop.withLargeBuffer(super::notifyReader);
        } else {
            super.notifyReader();
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

    @Override
    protected void released() {
        upstream = null;
        freePushedBack();
    }

    private void freePushedBack() {
        if (pushedBack != null) {
            pushedBack.close();
            pushedBack = null;
        }
    }

    @Override
    protected int readNext(ByteBuffer dst) throws IOException {
        UpstreamConnection connection = upstream;
        if (connection == null) {
            throw new ClosedChannelException();
        }
        if (!dst.hasRemaining()) {
            return 0;
        }
        if (++reads > MOST_READS) {
            reads = 0;
            return 0;
        }
        int count = readBody(connection, dst);
        large |= !dst.hasRemaining();
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
        endReached();
        // Another request may use the connection from now on.
        upstream = null;
        boolean reusable = framing.reusable() && pushedBack == null;
        freePushedBack();
        listener.responseReceived(reusable);
    }

    /** Registers for reads, also while pushed-back bytes are left, because more may follow them. */
    @Override
    public void resumeReads() {
        super.resumeReads();
        if (upstream != null) {
            upstream.source().resumeReads();
        }
        if (pushedBack != null) {
            notifyReaderSoon();
        }
    }

    @Override
    public void suspendReads() {
        super.suspendReads();
        if (upstream != null) {
            upstream.source().suspendReads();
        }
    }
}
