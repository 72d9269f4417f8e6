package dev.fnwatchdog.undertow.internal.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

/**
 * The lowest conduit of a connection's write side. Undertow's parser refuses a head by itself, always with 400; this
 * class sends a better status in its place.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class ParserErrorConduit extends AbstractStreamSinkConduit<StreamSinkConduit> {
    // Mutable state
    private @Nullable ByteBuffer response;

    ParserErrorConduit(StreamSinkConduit next) {
        super(next);
    }

    /** Sends {@code bytes} in place of Undertow's next response, which is its own refusal. */
    void replaceBy(byte[] bytes) {
        response = ByteBuffer.wrap(bytes);
    }

    /** Sends the next response as it is, because it is that of a request. */
    void keep() {
        response = null;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        ByteBuffer replacement = response;
        if (replacement == null) {
            return next.write(src);
        }
        if (replacement.hasRemaining() && next.write(replacement) == 0) {
            return 0;
        }
        if (replacement.hasRemaining()) {
            return write(src);
        }
        int length = src.remaining();
        src.position(src.limit());
        return length;
    }
}
