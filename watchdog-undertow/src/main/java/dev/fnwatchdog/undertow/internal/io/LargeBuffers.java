package dev.fnwatchdog.undertow.internal.io;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * The buffers for large bodies that one IO thread has: an eighth of the system calls that Undertow's size takes. There are only
 * a few, since a JVM may have no more memory outside its heap than in it; while all are in use, buffers of the usual size do.
 *
 * <p>Threads: the IO thread that it belongs to, but for the count of those in use.
 */
public final class LargeBuffers implements ByteBufferPool {
    /** What two pipes hold; larger ones are faster by a few hundredths. */
    public static final int SIZE = 128 * 1024;

    /** 2 MiB. */
    public static final int MAX_BUFFERS = 16;

    private final ByteBufferPool usual;
    private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>(MAX_BUFFERS);

    // Mutable state
    private int made;
    // written by the IO thread alone
    private volatile int inUse;

    /** @param usual where buffers come from otherwise */
    LargeBuffers(ByteBufferPool usual) {
        this.usual = usual;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public PooledByteBuffer allocate() {
        ByteBuffer kept = free.pollLast();
        if (kept == null) {
            if (made == MAX_BUFFERS) {
                return usual.allocate();
            }
            kept = ByteBuffer.allocateDirect(SIZE);
            made++;
        }
        inUse++;
        return new Taken(kept.clear());
    }

    /** How many are in use. Any thread. */
    int inUse() {
        return inUse;
    }

    @Override
    public ByteBufferPool getArrayBackedPool() {
        return usual.getArrayBackedPool();
    }

    /** They go with their thread. */
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
    private final class Taken implements PooledByteBuffer {
        // Mutable state
        private @Nullable ByteBuffer buffer;

        Taken(ByteBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public ByteBuffer getBuffer() {
            if (buffer == null) {
                throw new IllegalStateException("the buffer has been given back");
            }
            return buffer;
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
        public void close() {
            if (buffer != null) {
                inUse--;
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
