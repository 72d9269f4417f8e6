package dev.fnwatchdog.undertow.internal.io;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.util.ImmediatePooledByteBuffer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioIoThread;

/**
 * Buffers outside the heap, of which each IO thread keeps its own: a call takes several, and Undertow's pool asks a map that
 * all threads share and lock each time. Other threads use that one.
 *
 * <p>There is no limit, but beyond three quarters of what the JVM may have outside its heap they come from the heap, and
 * well before that {@link #scarce()} says that no more work should be begun.
 *
 * <p>Threads: any.
 */
public final class IoBuffers implements ByteBufferPool {
    /** What Undertow's parsers are tuned to: a little under 16 KiB, so that a chunk's framing fits beside it. */
    public static final int USUAL_SIZE = 16 * 1024 - 20;

    /** For each thread, 4 MiB of those that Undertow's parsers are tuned to. */
    private static final int KEPT = 256;

    /** What one IO thread keeps. */
    private static final class Shelf {
        private final Thread owner;
        private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>(KEPT);
        // Less those that came from other threads' shelves; written by the owner alone.
        private final AtomicInteger taken = new AtomicInteger();

        Shelf(Thread owner) {
            this.owner = owner;
        }
    }

    private final int size;
    private final ByteBufferPool others;
    private final AtomicReferenceArray<@Nullable Shelf> shelves;
    private final AtomicInteger takenByOthers = new AtomicInteger();
    private final long most;

    // Mutable state
    private volatile boolean scarce;

    /**
     * @param size of each buffer in bytes
     * @param ioThreads whose numbers begin at 0
     * @param most bytes outside the heap that the JVM may have
     */
    public IoBuffers(int size, int ioThreads, long most) {
        this.size = size;
        this.most = most;
        this.others = new DefaultByteBufferPool(true, size, Integer.MAX_VALUE, 0);
        this.shelves = new AtomicReferenceArray<>(ioThreads);
    }

    @Override
    public PooledByteBuffer allocate() {
        Shelf shelf = shelf();
        if (shelf == null) {
            return allocateForOthers();
        }
        shelf.taken.lazySet(shelf.taken.get() + 1);
        ByteBuffer kept = shelf.free.pollLast();
        return new Taken(kept == null ? make() : kept.clear());
    }

    private ByteBuffer make() {
        if (mayBeDirect()) {
            try {
                return ByteBuffer.allocateDirect(size);
            } catch (OutOfMemoryError takenElsewhere) {
                // The heap has memory, or else that of the heap is the error to be told.
            }
        }
        return ByteBuffer.allocate(size);
    }

    private PooledByteBuffer allocateForOthers() {
        takenByOthers.incrementAndGet();
        if (mayBeDirect()) {
            try {
                return new OfOthers(others.allocate());
            } catch (OutOfMemoryError takenElsewhere) {
                // As above.
            }
        }
        return new OfOthers(new ImmediatePooledByteBuffer(ByteBuffer.allocate(size)));
    }

    private boolean mayBeDirect() {
        long taken = taken();
        scarce = taken > most / 2;
        return taken <= most / 4 * 3;
    }

    /** Whether half of what the JVM may have outside its heap is in use. */
    boolean scarce() {
        return scarce;
    }

    private long taken() {
        long taken = takenByOthers.get();
        for (int i = 0; i < shelves.length(); i++) {
            Shelf shelf = shelves.get(i);
            taken += shelf == null ? 0 : shelf.taken.get();
        }
        return taken * size;
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
        if (shelf == null) {
            takenByOthers.decrementAndGet();
        } else {
            shelf.taken.lazySet(shelf.taken.get() - 1);
            if (buffer.isDirect() && shelf.free.size() < KEPT) {
                shelf.free.addLast(buffer);
            }
        }
        // Where it is not kept the collector takes it. Freeing it at once is what newer JVMs print a warning of.
        lookAgain();
    }

    private void lookAgain() {
        if (scarce) {
            scarce = taken() > most / 2;
        }
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

    /** A buffer that no IO thread has taken, until it is closed. */
    @SuppressWarnings("serial") // nobody writes it anywhere
    private final class OfOthers extends AtomicReference<@Nullable PooledByteBuffer> implements PooledByteBuffer {
        OfOthers(PooledByteBuffer buffer) {
            super(buffer);
        }

        @Override
        public ByteBuffer getBuffer() {
            PooledByteBuffer buffer = getPlain();
            if (buffer == null) {
                throw new IllegalStateException("the buffer has been given back");
            }
            return buffer.getBuffer();
        }

        @Override
        public void close() {
            PooledByteBuffer buffer = getAndSet(null);
            if (buffer != null) {
                takenByOthers.decrementAndGet();
                buffer.close();
                lookAgain();
            }
        }

        @Override
        public boolean isOpen() {
            return getPlain() != null;
        }
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
