package dev.fnwatchdog.undertow.internal.connection;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

/**
 * The lowest conduit of a connection's writing side. Undertow's parser refuses a head by itself, always with 400; where there
 * is a better status it is written in its place.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class ParserErrorConduit extends AbstractStreamSinkConduit<StreamSinkConduit> {
    // Mutable state
    private @Nullable ByteBuffer response;

    ParserErrorConduit(StreamSinkConduit next) {
        super(next);
    }

    /** Undertow's next response is its own refusal: {@code bytes} are sent in its place. */
    void replaceBy(byte[] bytes) {
        response = ByteBuffer.wrap(bytes);
    }

    /** The next response is that of a request. */
    void keep() {
        response = null;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        ByteBuffer instead = response;
        if (instead == null) {
            return next.write(src);
        }
        if (instead.hasRemaining() && next.write(instead) == 0) {
            return 0;
        }
        if (instead.hasRemaining()) {
            return write(src);
        }
        int length = src.remaining();
        src.position(src.limit());
        return length;
    }
}
