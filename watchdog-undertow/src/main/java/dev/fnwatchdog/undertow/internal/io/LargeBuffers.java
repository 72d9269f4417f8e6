package dev.fnwatchdog.undertow.internal.io;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of one I/O thread for large bodies: they need an eighth of the system calls that buffers of the usual
 * size need. There are only a few, because a JVM may have no more memory outside its heap than in it; while all are in
 * use, buffers of the usual size replace them.
 *
 * <p>Threads: the I/O thread that it belongs to, except for the count of those in use.
 */
public final class LargeBuffers implements ByteBufferPool {
    /** The capacity of two pipes. Larger buffers are only a few percent faster. */
    public static final int SIZE = 128 * 1024;

    /** The number of buffers, 2 MiB in total. */
    public static final int MAX_BUFFERS = 16;

    private final ByteBufferPool usual;
    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>(MAX_BUFFERS);

    // Mutable state
    private int created;
    // written by the I/O thread alone
    private volatile int usedCount;

    /** @param usual the pool that is used while all large buffers are in use */
    LargeBuffers(ByteBufferPool usual) {
        this.usual = usual;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public PooledByteBuffer allocate() {
        ByteBuffer kept = free.pollLast();
        if (kept == null) {
            if (created == MAX_BUFFERS) {
                return usual.allocate();
            }
            kept = ByteBuffer.allocateDirect(SIZE);
            created++;
        }
        usedCount++;
        return new UsedBuffer(kept.clear());
    }

    /** Returns how many are in use. Any thread. */
    int inUse() {
        return usedCount;
    }

    @Override
    public ByteBufferPool getArrayBackedPool() {
        return usual.getArrayBackedPool();
    }

    /** Does nothing: the buffers are collected together with their thread. */
    @Override
    public void close() {}

    @Override
    public int getBufferSize() {
        return SIZE;
    }

    @Override
    public boolean isDirect() {
        return true;
    }

    /** A buffer in use, until it is closed. */
    private final class UsedBuffer implements PooledByteBuffer {
        // Mutable state
        private @Nullable ByteBuffer buffer;

        UsedBuffer(ByteBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public ByteBuffer getBuffer() {
            if (buffer == null) {
                throw new IllegalStateException("the buffer has been released");
            }
            return buffer;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
        public void close() {
            if (buffer != null) {
                usedCount--;
                free.addLast(buffer);
                buffer = null;
            }
        }

        @Override
        public boolean isOpen() {
            return buffer != null;
        }
    }
}
