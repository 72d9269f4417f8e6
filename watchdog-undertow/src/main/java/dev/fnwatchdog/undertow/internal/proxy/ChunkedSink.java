package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.io.SinkFilter;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Encodes a request body as chunks (RFC 9112, 7.1): each piece that is written becomes one chunk, whose framing goes
 * out in the same write. Undertow's own conduit omits the last chunk where no data came before it, and has no room for
 * long trailers.
 *
 * <p>Threads: belongs to one body, and so to one I/O thread.
 */
final class ChunkedSink extends SinkFilter {
    private static final byte[] CRLF = {'\r', '\n'};

    /** Bytes of a size line: eight hexadecimal digits and CRLF. */
    private static final int MAX_SIZE_LINE = 10;

    private final UpstreamExchange upstreamExchange;
    private final ByteBuffer sizeLine = ByteBuffer.allocate(MAX_SIZE_LINE).limit(0);
    private final ByteBuffer chunkEnd = ByteBuffer.wrap(CRLF.clone()).limit(0);

    // Mutable state
    private int chunkLeft;
    private @Nullable ByteBuffer end;
    private boolean endWritten;

    ChunkedSink(StreamSinkConduit next, UpstreamExchange upstreamExchange) {
        super(next);
        this.upstreamExchange = upstreamExchange;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        if (!src.hasRemaining() || !writeChunkEnd()) {
            return 0;
        }
        if (chunkLeft == 0) {
            beginChunk(src.remaining());
        }
        int from = src.position();
        int limit = src.limit();
        boolean completesChunk = src.remaining() >= chunkLeft;
        if (completesChunk) {
            src.limit(from + chunkLeft);
        }
        try {
            if (completesChunk) {
                next.write(new ByteBuffer[] {sizeLine, src, chunkEnd}, 0, 3);
            } else {
                next.write(new ByteBuffer[] {sizeLine, src}, 0, 2);
            }
        } finally {
            src.limit(limit);
        }
        chunkLeft -= src.position() - from;
        return src.position() - from;
    }

    private void beginChunk(int size) {
        chunkLeft = size;
        sizeLine.clear()
                .put(Integer.toHexString(size).getBytes(StandardCharsets.ISO_8859_1))
                .put(CRLF)
                .flip();
        chunkEnd.clear();
    }

    /** Ends a chunk whose data is complete. Returns false while a part of its CRLF is still to be written. */
    private boolean writeChunkEnd() throws IOException {
        if (chunkLeft == 0 && chunkEnd.hasRemaining()) {
            next.write(chunkEnd);
        }
        return chunkLeft > 0 || !chunkEnd.hasRemaining();
    }

    @Override
    public void terminateWrites() throws IOException {
        if (end == null) {
            end = encodeLastChunk(upstreamExchange.requestTrailers());
            writeEnd(end);
        }
    }

    private static ByteBuffer encodeLastChunk(HeaderMap trailers) {
        StringBuilder text = new StringBuilder("0\r\n");
        for (HeaderValues values : trailers) {
            for (String value : values) {
                text.append(values.getHeaderName()).append(": ").append(value).append("\r\n");
            }
        }
        return ByteBuffer.wrap(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    private boolean writeEnd(ByteBuffer lastChunk) throws IOException {
        while (!endWritten) {
            long written = next.write(new ByteBuffer[] {chunkEnd, lastChunk}, 0, 2);
            if (!lastChunk.hasRemaining()) {
                endWritten = true;
                next.terminateWrites();
            } else if (written == 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean flush() throws IOException {
        boolean written = end == null ? writeChunkEnd() : writeEnd(end);
        return written && next.flush();
    }
}
