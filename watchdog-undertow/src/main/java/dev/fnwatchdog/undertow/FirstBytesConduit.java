package dev.fnwatchdog.undertow;

import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.conduits.AbstractStreamSourceConduit;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Gives bytes that were read too early before those of the socket: a tunnel's first ones, which came behind the head that
 * opened it.
 *
 * <p>Threads: the connection's IO thread.
 */
final class FirstBytesConduit extends AbstractStreamSourceConduit<StreamSourceConduit> {
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
    public long read(ByteBuffer[] dsts, int offs, int len) throws IOException {
        for (int i = offs; i < offs + len; i++) {
            if (dsts[i].hasRemaining()) {
                return read(dsts[i]);
            }
        }
        return 0;
    }

    @Override
    public long transferTo(long position, long count, FileChannel target) throws IOException {
        return target.transferFrom(new ConduitReadableByteChannel(this), position, count);
    }

    @Override
    public long transferTo(long count, ByteBuffer throughBuffer, StreamSinkChannel target) throws IOException {
        return Conduits.transfer(this, count, throughBuffer, target);
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
