package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.io.SourceFilter;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Gives bytes that were read too early before those of the socket: a tunnel's first ones, which came behind the head that
 * opened it.
 *
 * <p>Threads: the connection's IO thread.
 */
final class FirstBytesConduit extends SourceFilter {
    // Mutable state
    private @Nullable PooledByteBuffer first;

    FirstBytesConduit(StreamSourceConduit next, PooledByteBuffer first) {
        super(next);
        this.first = first;
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        if (first == null) {
            return next.read(dst);
        }
        ByteBuffer bytes = first.getBuffer();
        int count = Math.min(bytes.remaining(), dst.remaining());
        int limit = bytes.limit();
        bytes.limit(bytes.position() + count);
        dst.put(bytes);
        bytes.limit(limit);
        if (!bytes.hasRemaining()) {
            free();
        }
        return count;
    }

    private void free() {
        if (first != null) {
            first.close();
            first = null;
        }
    }

    @Override
    public void resumeReads() {
        if (first == null) {
            next.resumeReads();
        } else {
            next.wakeupReads();
        }
    }

    @Override
    public void terminateReads() throws IOException {
        free();
        next.terminateReads();
    }
}
