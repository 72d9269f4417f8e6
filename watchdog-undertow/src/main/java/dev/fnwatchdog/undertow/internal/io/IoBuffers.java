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
 * A pool of buffers outside the heap, of which each I/O thread keeps its own: a request needs several, and Undertow's
 * pool looks each of them up in a map that all threads share and lock. Other threads use Undertow's pool.
 *
 * <p>There is no limit, but beyond three quarters of the memory that the JVM may have outside its heap, buffers are
 * allocated in the heap. Well before that, {@link #scarce()} reports that no new requests should be started
 * (specification 7.22).
 *
 * <p>Threads: any.
 */
public final class IoBuffers implements TransferBuffers {
    /**
     * The size to which Undertow's parsers are tuned: a little under 16 KiB, which leaves room for the framing of a
     * chunk.
     */
    public static final int USUAL_SIZE = 16 * 1024 - 20;

    /** The most free buffers that each thread keeps, 4 MiB of those of the usual size. */
    private static final int MAX_KEPT = 256;

    /** The buffers of one I/O thread. */
    private static final class LocalPool {
        private final Thread owner;
        private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>(MAX_KEPT);
        // Where the next buffer of this thread comes from, in place of this pool.
        private @Nullable LargeBuffers next;
        // Those taken on this thread, less those returned on it wherever they were taken; written by the owner alone.
        private final AtomicInteger inUse = new AtomicInteger();

        LocalPool(Thread owner) {
            this.owner = owner;
        }
    }

    private final int size;
    private final ByteBufferPool sharedPool;
    private final AtomicReferenceArray<@Nullable LocalPool> localPools;
    private final AtomicInteger inUseElsewhere = new AtomicInteger();
    private final long maxBytes;

    // Mutable state
    private volatile boolean scarce;

    /**
     * @param size the size of each buffer in bytes
     * @param ioThreads the number of I/O threads, whose own numbers begin at 0
     * @param maxBytes the bytes outside the heap that the JVM may have
     */
    public IoBuffers(int size, int ioThreads, long maxBytes) {
        this.size = size;
        this.maxBytes = maxBytes;
        this.sharedPool = new DefaultByteBufferPool(true, size, Integer.MAX_VALUE, 0);
        this.localPools = new AtomicReferenceArray<>(ioThreads);
    }

    @Override
    public PooledByteBuffer allocate() {
        LocalPool localPool = localPool();
        if (localPool == null) {
            return allocateShared();
        }
        LargeBuffers large = localPool.next;
        if (large != null) {
            localPool.next = null;
            return large.allocate();
        }
        localPool.inUse.lazySet(localPool.inUse.get() + 1);
        ByteBuffer kept = localPool.free.pollLast();
        return new LocalBuffer(kept == null ? create() : kept.clear());
    }

    @Override
    public void withLarge(LargeBuffers large, Runnable action) {
        LocalPool localPool = localPool();
        if (localPool == null) {
            action.run();
            return;
        }
        localPool.next = large;
        try {
            action.run();
        } finally {
            localPool.next = null;
        }
    }

    private ByteBuffer create() {
        if (mayBeDirect()) {
            try {
                return ByteBuffer.allocateDirect(size);
            } catch (OutOfMemoryError exhausted) {
                // The heap has memory, or its own error is the one to report.
            }
        }
        return ByteBuffer.allocate(size);
    }

    private PooledByteBuffer allocateShared() {
        inUseElsewhere.incrementAndGet();
        if (mayBeDirect()) {
            try {
                return new SharedBuffer(sharedPool.allocate());
            } catch (OutOfMemoryError exhausted) {
                // As above.
            }
        }
        return new SharedBuffer(new ImmediatePooledByteBuffer(ByteBuffer.allocate(size)));
    }

    private boolean mayBeDirect() {
        long bytes = bytesInUse();
        scarce = bytes > maxBytes / 2;
        return bytes <= maxBytes / 4 * 3;
    }

    /** Returns whether half of the memory that the JVM may have outside its heap is in use. */
    boolean scarce() {
        return scarce;
    }

    private long bytesInUse() {
        long inUse = inUseElsewhere.get();
        for (int i = 0; i < localPools.length(); i++) {
            LocalPool localPool = localPools.get(i);
            inUse += localPool == null ? 0 : localPool.inUse.get();
        }
        return inUse * size;
    }

    /**
     * Returns the pool of the current thread, or null where it has none. The first thread that asks with a number
     * creates the pool of that number, and alone uses it.
     */
    private @Nullable LocalPool localPool() {
        if (!(Thread.currentThread() instanceof XnioIoThread thread) || thread.getNumber() >= localPools.length()) {
            return null;
        }
        int number = thread.getNumber();
        LocalPool localPool = localPools.get(number);
        if (localPool == null) {
            LocalPool created = new LocalPool(thread);
            return localPools.compareAndSet(number, null, created) ? created : null;
        }
        return localPool.owner == thread ? localPool : null;
    }

    private void returnBuffer(ByteBuffer buffer) {
        LocalPool localPool = localPool();
        if (localPool == null) {
            inUseElsewhere.decrementAndGet();
        } else {
            localPool.inUse.lazySet(localPool.inUse.get() - 1);
            if (buffer.isDirect() && localPool.free.size() < MAX_KEPT) {
                localPool.free.addLast(buffer);
            }
        }
        // A buffer that is not kept is left to the garbage collector: newer JVMs print a warning where one is freed at
        // once.
        updateScarce();
    }

    private void updateScarce() {
        if (scarce) {
            scarce = bytesInUse() > maxBytes / 2;
        }
    }

    @Override
    public ByteBufferPool getArrayBackedPool() {
        return sharedPool.getArrayBackedPool();
    }

    /** Closes the shared pool. The buffers of the I/O threads are collected together with their threads. */
    @Override
    public void close() {
        sharedPool.close();
    }

    @Override
    public int getBufferSize() {
        return size;
    }

    @Override
    public boolean isDirect() {
        return true;
    }

    /** A buffer that was taken by a thread without its own pool, until it is closed. */
    @SuppressWarnings("serial") // never serialized
    private final class SharedBuffer extends AtomicReference<@Nullable PooledByteBuffer> implements PooledByteBuffer {
        SharedBuffer(PooledByteBuffer buffer) {
            super(buffer);
        }

        @Override
        public ByteBuffer getBuffer() {
            PooledByteBuffer buffer = getPlain();
            if (buffer == null) {
                throw new IllegalStateException("the buffer has been released");
            }
            return buffer.getBuffer();
        }

        @Override
        public void close() {
            PooledByteBuffer buffer = getAndSet(null);
            if (buffer != null) {
                inUseElsewhere.decrementAndGet();
                buffer.close();
                updateScarce();
            }
        }

        @Override
        public boolean isOpen() {
            return getPlain() != null;
        }
    }

    /** A buffer that was taken by an I/O thread, until it is closed. */
    @SuppressWarnings("serial") // never serialized
    private final class LocalBuffer extends AtomicReference<@Nullable ByteBuffer> implements PooledByteBuffer {
        LocalBuffer(ByteBuffer buffer) {
            super(buffer);
        }

        @Override
        public ByteBuffer getBuffer() {
            ByteBuffer buffer = getPlain();
            if (buffer == null) {
                throw new IllegalStateException("the buffer has been released");
            }
            return buffer;
        }

        @Override
        public void close() {
            ByteBuffer buffer = getAndSet(null);
            if (buffer != null) {
                returnBuffer(buffer);
            }
        }

        @Override
        public boolean isOpen() {
            return getPlain() != null;
        }
    }
}
