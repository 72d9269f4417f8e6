package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http.FieldSyntax;
import dev.fnwatchdog.undertow.internal.http.TrailerFields;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.SinkFilter;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Puts a request's body into chunks: one for each piece that is written, with its whole framing in the same write (RFC
 * 9112, 7.1). Undertow's own conduit leaves the last chunk out where no data came before it, and has no room for long
 * trailers.
 *
 * <p>Threads: belongs to one body, so to one IO thread.
 */
final class ChunkedSink extends SinkFilter {
    private static final byte[] LINE_END = {'\r', '\n'};

    /** A size of eight hex digits and its line end. */
    private static final int LONGEST_SIZE_LINE = 10;

    private final Invocation invocation;
    private final ByteBuffer sizeLine = ByteBuffer.allocate(LONGEST_SIZE_LINE).limit(0);
    private final ByteBuffer chunkEnd = ByteBuffer.wrap(LINE_END.clone()).limit(0);

    // Mutable state
    private int chunkLeft;
    private @Nullable ByteBuffer end;
    private boolean endWritten;

    ChunkedSink(StreamSinkConduit next, Invocation invocation) {
        super(next);
        this.invocation = invocation;
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
        boolean whole = src.remaining() >= chunkLeft;
        if (whole) {
            src.limit(from + chunkLeft);
        }
        try {
            if (whole) {
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
                .put(LINE_END)
                .flip();
        chunkEnd.clear();
    }

    /** True where nothing of the last chunk is left to be written but its data. */
    private boolean writeChunkEnd() throws IOException {
        if (chunkLeft == 0 && chunkEnd.hasRemaining()) {
            next.write(chunkEnd);
        }
        return chunkLeft > 0 || !chunkEnd.hasRemaining();
    }

    @Override
    public void terminateWrites() throws IOException {
        if (end == null) {
            HeaderMap trailers = invocation.exchange().getAttachment(HttpAttachments.REQUEST_TRAILERS);
            // Those of HTTP/2 may hold anything.
            boolean clean = trailers == null || FieldSyntax.isValid(trailers);
            end = lastChunk(
                    trailers == null || !clean
                            ? new HeaderMap()
                            : TrailerFields.permitted(
                                    trailers, invocation.exchange().getRequestHeaders()));
            if (!clean) {
                // Nothing goes out from here on.
                invocation.respondInstead(CannedResponse.of(StatusCodes.BAD_REQUEST));
            }
            writeEnd(end);
        }
    }

    private static ByteBuffer lastChunk(HeaderMap trailers) {
        StringBuilder text = new StringBuilder("0\r\n");
        for (HeaderValues values : trailers) {
            for (String value : values) {
                text.append(values.getHeaderName()).append(": ").append(value).append("\r\n");
            }
        }
        return ByteBuffer.wrap(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    private boolean writeEnd(ByteBuffer last) throws IOException {
        while (!endWritten) {
            long written = next.write(new ByteBuffer[] {chunkEnd, last}, 0, 2);
            if (!last.hasRemaining()) {
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
