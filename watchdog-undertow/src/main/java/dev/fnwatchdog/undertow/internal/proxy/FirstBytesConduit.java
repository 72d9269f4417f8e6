package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.io.SourceFilter;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Returns bytes that were read ahead before those of the socket: the first bytes of a tunnel, which arrived behind the
 * head that opened it (specification 3.36).
 *
 * <p>Threads: the connection's I/O thread.
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
        int count = Buffers.copy(dst, bytes);
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
