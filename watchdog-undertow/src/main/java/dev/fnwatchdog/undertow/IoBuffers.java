package dev.fnwatchdog.undertow;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.DefaultByteBufferPool;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioIoThread;

/**
 * Buffers outside the heap, of which each IO thread keeps its own: a call takes several, and Undertow's pool asks a map that
 * all threads share and lock each time. Other threads use that one.
 *
 * <p>Threads: any. There is no limit.
 */
final class IoBuffers implements ByteBufferPool {
    /** For each thread, 4 MiB of those that Undertow's parsers are tuned to. */
    private static final int KEPT = 256;

    /** What one IO thread keeps. */
    private static final class Shelf {
        private final Thread owner;
        private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>(KEPT);

        Shelf(Thread owner) {
            this.owner = owner;
        }
    }

    private final int size;
    private final ByteBufferPool others;
    private final AtomicReferenceArray<@Nullable Shelf> shelves;

    /**
     * @param size of each buffer in bytes
     * @param ioThreads whose numbers begin at 0
     */
    IoBuffers(int size, int ioThreads) {
        this.size = size;
        this.others = new DefaultByteBufferPool(true, size, Integer.MAX_VALUE, 0);
        this.shelves = new AtomicReferenceArray<>(ioThreads);
    }

    @Override
    public PooledByteBuffer allocate() {
        Shelf shelf = shelf();
        if (shelf == null) {
            return others.allocate();
        }
        ByteBuffer kept = shelf.free.pollLast();
        return new Taken(kept == null ? ByteBuffer.allocateDirect(size) : kept.clear());
    }

    /** The current thread's; made by the first thread of a number that comes, and nobody else's. */
    private @Nullable Shelf shelf() {
        if (!(Thread.currentThread() instanceof XnioIoThread thread) || thread.getNumber() >= shelves.length()) {
            return null;
        }
        int number = thread.getNumber();
        Shelf shelf = shelves.get(number);
        if (shelf == null) {
            Shelf made = new Shelf(thread);
            return shelves.compareAndSet(number, null, made) ? made : null;
        }
        return shelf.owner == thread ? shelf : null;
    }

    private void giveBack(ByteBuffer buffer) {
        Shelf shelf = shelf();
        if (shelf != null && shelf.free.size() < KEPT) {
            shelf.free.addLast(buffer);
        }
        // Else the collector takes it. Freeing it at once is what newer JVMs print a warning of.
    }

    @Override
    public ByteBufferPool getArrayBackedPool() {
        return others.getArrayBackedPool();
    }

    /** What the IO threads keep goes with them. */
    @Override
    public void close() {
        others.close();
    }

    @Override
    public int getBufferSize() {
        return size;
    }

    @Override
    public boolean isDirect() {
        return true;
    }

    /** A buffer in use, until it is closed. */
    @SuppressWarnings("serial") // nobody writes it anywhere
    private final class Taken extends AtomicReference<@Nullable ByteBuffer> implements PooledByteBuffer {
        Taken(ByteBuffer buffer) {
            super(buffer);
        }

        @Override
        public ByteBuffer getBuffer() {
            ByteBuffer buffer = getPlain();
            if (buffer == null) {
                throw new IllegalStateException("the buffer has been given back");
            }
            return buffer;
        }

        @Override
        public void close() {
            ByteBuffer buffer = getAndSet(null);
            if (buffer != null) {
                giveBack(buffer);
            }
        }

        @Override
        public boolean isOpen() {
            return getPlain() != null;
        }
    }
}
