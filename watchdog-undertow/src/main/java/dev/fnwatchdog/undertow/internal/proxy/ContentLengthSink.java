package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.SinkFilter;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Holds a request's body to the length that its head has told. HTTP/2 frames a body by itself, and Undertow does not
 * compare the two where a head or trailers end it: the function would then wait for the rest, and take the next request
 * on the connection, whosever it is, for that (RFC 9113, 8.1.1; contract 7).
 *
 * <p>Threads: belongs to one body, so to one IO thread.
 */
final class ContentLengthSink extends SinkFilter {
    private final Invocation invocation;

    // Mutable state
    private long missing;

    /** @param length bytes that the body must have */
    ContentLengthSink(StreamSinkConduit next, Invocation invocation, long length) {
        super(next);
        this.invocation = invocation;
        this.missing = length;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        if (src.remaining() > missing) {
            refuse();
        }
        int written = next.write(src);
        missing -= written;
        return written;
    }

    @Override
    public void terminateWrites() throws IOException {
        if (missing > 0) {
            refuse();
        }
        next.terminateWrites();
    }

    /** Nothing goes out from here on. */
    private void refuse() {
        invocation.respondInstead(CannedResponse.of(StatusCodes.BAD_REQUEST));
    }
}
