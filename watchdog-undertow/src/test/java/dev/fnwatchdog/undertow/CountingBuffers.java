package dev.fnwatchdog.undertow;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A buffer pool that knows which of its buffers have not been given back, and who took them. Threads: any. */
final class CountingBuffers implements ByteBufferPool {
    private final ByteBufferPool next;
    private final Map<PooledByteBuffer, Throwable> taken = new ConcurrentHashMap<>();

    CountingBuffers(ByteBufferPool next) {
        this.next = next;
    }

    /** Where each buffer that is missing was taken. */
    List<Throwable> missing() {
        return List.copyOf(taken.values());
    }

    @Override
    public PooledByteBuffer allocate() {
        Counted buffer = new Counted(next.allocate());
        taken.put(buffer, new Throwable("a buffer was taken here and never given back"));
        return buffer;
    }

    @Override
    public ByteBufferPool getArrayBackedPool() {
        return next.getArrayBackedPool();
    }

    @Override
    public void close() {
        next.close();
    }

    @Override
    public int getBufferSize() {
        return next.getBufferSize();
    }

    @Override
    public boolean isDirect() {
        return next.isDirect();
    }

    private final class Counted implements PooledByteBuffer {
        private final PooledByteBuffer pooled;

        Counted(PooledByteBuffer pooled) {
            this.pooled = pooled;
        }

        @Override
        public ByteBuffer getBuffer() {
            return pooled.getBuffer();
        }

        @Override
        public void close() {
            taken.remove(this);
            pooled.close();
        }

        @Override
        public boolean isOpen() {
            return pooled.isOpen();
        }
    }
}
