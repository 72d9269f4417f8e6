package dev.fnwatchdog.undertow.internal.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

/**
 * The socket below TLS. It never reports a failure to write, because Undertow's {@code SslConduit} would close both directions
 * at once, and with them lose a response that has arrived before (specification 3.46). What follows a failure is discarded; the
 * sink above TLS asks for the failure, and the reader meets the end of the connection.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class SocketSink extends AbstractStreamSinkConduit<StreamSinkConduit> {
    // Mutable state
    private @Nullable IOException failure;

    SocketSink(StreamSinkConduit next) {
        super(next);
    }

    /** Returns why nothing can be written any more, or null. */
    @Nullable
    IOException failure() {
        return failure;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return (int) write(new ByteBuffer[] {src}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] srcs, int offs, int len) throws IOException {
        if (failure == null) {
            try {
                return next.write(srcs, offs, len);
            } catch (IOException broken) {
                failure = broken;
            }
        }
        return Buffers.trySkip(srcs, offs, len, Long.MAX_VALUE);
    }

    @Override
    public boolean flush() throws IOException {
        return failure != null || next.flush();
    }
}
