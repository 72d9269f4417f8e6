package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http.ChunkDecoder;
import dev.fnwatchdog.undertow.internal.io.IoLoop;
import io.undertow.connector.PooledByteBuffer;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * The body of a function's response, without its framing: first what arrived with the head, then what the connection
 * delivers. When the body ends, the connection is released before the last piece is returned.
 *
 * <p>Threads: the exchange's I/O thread.
 */
final class UpstreamSource {
    private static final int END = -1;

    private final UpstreamExchange upstreamExchange;
    private final IoLoop loop;

    // Mutable state
    private @Nullable UpstreamConnection upstream;
    private @Nullable PooledByteBuffer pushedBack;
    private @Nullable ChunkDecoder chunks;
    private Runnable readListener = () -> {};
    private ResponseFraming framing = new ResponseFraming(ResponseFraming.Kind.NONE, 0, false);
    private long remaining;
    private boolean ended;
    private boolean aborted;
    private boolean resumed;

    UpstreamSource(UpstreamExchange upstreamExchange, IoLoop loop) {
        this.upstreamExchange = upstreamExchange;
        this.loop = loop;
    }

    /**
     * Starts the body, when the head has been read.
     *
     * @param rest what arrived behind the head, which this object closes once it is read; null where nothing did
     */
    void begin(UpstreamConnection connection, ResponseFraming bodyFraming, @Nullable PooledByteBuffer rest) {
        upstream = connection;
        framing = bodyFraming;
        remaining = bodyFraming.length();
        pushedBack = rest;
        if (bodyFraming.kind() == ResponseFraming.Kind.CHUNKED) {
            chunks = new ChunkDecoder(loop.headerLines(), ChunkDecoder.MAX_RESPONSE_TRAILERS);
        } else if (bodyFraming.kind() == ResponseFraming.Kind.NONE
                || (bodyFraming.kind() == ResponseFraming.Kind.LENGTH && remaining == 0)) {
            end();
        }
    }

    /** Sets the action that runs when something can be read or the body has been aborted, while reads are resumed. */
    void setReadListener(Runnable action) {
        readListener = action;
    }

    /** Returns what arrived with the head if it can be sent as it is, otherwise null. The caller closes it. */
    @Nullable
    PooledByteBuffer takeFirst() {
        PooledByteBuffer first = pushedBack;
        boolean hasLength = framing.kind() == ResponseFraming.Kind.LENGTH;
        if (first == null || !(hasLength || framing.kind() == ResponseFraming.Kind.UNTIL_CLOSE)) {
            return null;
        }
        int size = first.getBuffer().remaining();
        if (hasLength && size > remaining) {
            return null;
        }
        pushedBack = null;
        if (hasLength) {
            remaining -= size;
            if (remaining == 0) {
                end();
            }
        }
        return first;
    }

    /** Ends the body at once: the bytes that follow belong to a tunnel. */
    void beginTunnel() {
        ended = true;
    }

    /** Returns whether the whole body has been read. */
    boolean ended() {
        return ended;
    }

    /** Called when the connection has something to read, or has ended. */
    void readable() {
        if (resumed) {
            readListener.run();
        } else if (upstream != null) {
            upstream.source().suspendReads();
        }
    }

    /** Aborts the body, because the request has ended. The reader is notified, gets an error, and frees its buffer. */
    void abort() {
        if (ended || aborted) {
            return;
        }
        aborted = true;
        upstream = null;
        freePushedBack();
        notifyReader();
    }

    private void freePushedBack() {
        if (pushedBack != null) {
            pushedBack.close();
            pushedBack = null;
        }
    }

    int read(ByteBuffer dst) throws IOException {
        if (ended) {
            return END;
        }
        if (upstream == null) {
            throw new ClosedChannelException();
        }
        if (!dst.hasRemaining()) {
            return 0;
        }
        try {
            return readBody(upstream, dst);
        } catch (IOException failure) {
            // The client gets what has arrived of the response.
            upstreamExchange.flushHead();
            throw failure;
        }
    }

    private int readBody(UpstreamConnection connection, ByteBuffer dst) throws IOException {
        return switch (framing.kind()) {
            case LENGTH -> readLength(connection, dst);
            case CHUNKED -> readChunked(connection, dst);
            case UNTIL_CLOSE -> readUntilClose(connection, dst);
            case NONE -> END;
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
                return data > 0 ? data : END;
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
            upstreamExchange.trailers(decoder.trailers(), connection.parser().headers());
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
        int count = Math.min(rest.remaining(), dst.remaining());
        int limit = rest.limit();
        rest.limit(rest.position() + count);
        dst.put(rest);
        rest.limit(limit);
        if (!rest.hasRemaining()) {
            freePushedBack();
        }
        return count;
    }

    /** Ends the body. A connection that has bytes behind the end is not used again (specification 3.29). */
    private void end() {
        ended = true;
        boolean reusable = framing.reusable() && pushedBack == null;
        freePushedBack();
        upstreamExchange.responseReceived(reusable);
    }

    void resumeReads() {
        registerForReads();
        if (aborted || pushedBack != null) {
            loop.thread().execute(this::notifyReader);
        }
    }

    /** Registers for reads, also while pushed-back bytes are left, because more may follow them. */
    private void registerForReads() {
        resumed = true;
        if (upstream != null) {
            upstream.source().resumeReads();
        }
    }

    void suspendReads() {
        resumed = false;
        if (upstream != null && !ended) {
            upstream.source().suspendReads();
        }
    }

    private void notifyReader() {
        if (resumed) {
            readListener.run();
        }
    }
}
