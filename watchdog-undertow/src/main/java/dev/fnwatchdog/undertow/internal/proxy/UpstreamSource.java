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
 * The body of a function's response, without its framing: first what came with the head, then what the connection has.
 * When the body ends the connection is given back, before its last piece is handed on.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class UpstreamSource {
    private static final int END = -1;

    private final UpstreamExchange upstreamExchange;
    private final IoLoop loop;

    // Mutable state
    private @Nullable UpstreamConnection upstream;
    private @Nullable PooledByteBuffer pushedBack;
    private @Nullable ChunkDecoder chunks;
    private Runnable setReadListener = () -> {};
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
     * The head has been read.
     *
     * @param rest what came behind it, to be closed when read; nothing where there is none
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

    /** Whoever wants to know that there is something to read, or that nothing will come any more, once he has asked for it. */
    void setReadListener(Runnable told) {
        setReadListener = told;
    }

    /** What came with the head, where it can go on just as it is; the caller closes it. */
    @Nullable
    PooledByteBuffer takeFirst() {
        PooledByteBuffer first = pushedBack;
        boolean measured = framing.kind() == ResponseFraming.Kind.LENGTH;
        if (first == null || !(measured || framing.kind() == ResponseFraming.Kind.UNTIL_CLOSE)) {
            return null;
        }
        int size = first.getBuffer().remaining();
        if (measured && size > remaining) {
            return null;
        }
        pushedBack = null;
        if (measured) {
            remaining -= size;
            if (remaining == 0) {
                end();
            }
        }
        return first;
    }

    /** There is no body: the bytes that follow are a tunnel's. */
    void beginTunnel() {
        ended = true;
    }

    /** Whether the whole body has been read. */
    boolean ended() {
        return ended;
    }

    /** The connection has something to read, or has ended. */
    void readable() {
        if (resumed) {
            setReadListener.run();
        } else if (upstream != null) {
            upstream.source().suspendReads();
        }
    }

    /** The call is over. Whoever reads on is told so, and frees his buffer. */
    void abort() {
        if (ended || aborted) {
            return;
        }
        aborted = true;
        upstream = null;
        freePushedBack();
        tellReader();
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
        } catch (IOException broken) {
            // The client is to see of the response what there was of it.
            upstreamExchange.flushHead();
            throw broken;
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
            int behind = dst.position();
            int read = decoder.decode(dst, from);
            int data = dst.position() - from;
            if (decoder.done()) {
                endChunked(connection, decoder, read < behind);
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

    private void endChunked(UpstreamConnection connection, ChunkDecoder decoder, boolean more) {
        if (decoder.trailers().size() > 0) {
            upstreamExchange.trailers(decoder.trailers(), connection.parser().headers());
        }
        if (more) {
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

    /** Bytes behind the end are nobody's: a connection that has them is not used again. */
    private void end() {
        ended = true;
        boolean reusable = framing.reusable() && pushedBack == null;
        freePushedBack();
        upstreamExchange.responseReceived(reusable);
    }

    void resumeReads() {
        listen();
        if (aborted || pushedBack != null) {
            loop.thread().execute(this::tellReader);
        }
    }

    /** The reader wants to know of what arrives; what was pushed back is followed by more. */
    private void listen() {
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

    private void tellReader() {
        if (resumed) {
            setReadListener.run();
        }
    }
}
