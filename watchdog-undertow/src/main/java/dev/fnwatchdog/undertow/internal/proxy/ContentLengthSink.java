package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.SinkFilter;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Checks that a request body has the length that its head announces (RFC 9113, 8.1.1; specification 9.11). HTTP/2
 * frames a body independently of that length, and Undertow does not compare the two where a head or trailers end the
 * body. The function would then wait for the rest of the body, and would read the next request on the connection, of
 * any client, as that rest.
 *
 * <p>Threads: belongs to one body, and so to one I/O thread.
 */
final class ContentLengthSink extends SinkFilter {
    private final Invocation invocation;

    // Mutable state
    private long missing;

    /** @param length the length that the body must have, in bytes */
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

    /** Responds with 400 and aborts the request: nothing more is written to the function. */
    private void refuse() {
        invocation.respondInstead(CannedResponse.of(StatusCodes.BAD_REQUEST));
    }
}
