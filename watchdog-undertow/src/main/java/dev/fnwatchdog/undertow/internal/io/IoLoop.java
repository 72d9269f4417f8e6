package dev.fnwatchdog.undertow.internal.io;

import io.undertow.connector.ByteBufferPool;
import java.util.concurrent.RejectedExecutionException;
import org.xnio.XnioIoThread;

/**
 * The state of one I/O thread that requests use without a lock: its timers and its large buffers.
 *
 * <p>Threads: only its own I/O thread uses it.
 */
@IoThread
public final class IoLoop {
    private final XnioIoThread thread;
    private final ByteBufferPool buffers;
    private final LargeBuffers largeBuffers;

    /** @param buffers the pool of buffers of the usual size */
    IoLoop(XnioIoThread thread, ByteBufferPool buffers) {
        this.thread = thread;
        this.buffers = buffers;
        this.largeBuffers = new LargeBuffers(buffers);
    }

    public XnioIoThread thread() {
        return thread;
    }

    /** Returns the pool of buffers of the usual size. */
    public ByteBufferPool buffers() {
        return buffers;
    }

    /** Returns whether the current thread is this one. Any thread. */
    public boolean isCurrent() {
        return Thread.currentThread() == thread;
    }

    /**
     * Runs {@code task} on the thread when the current event has been handled; now where the thread is ending, and handles no
     * further events.
     */
    public void later(Runnable task) {
        later(thread, task);
    }

    /** Runs {@code task} on {@code thread}, as {@link #later(Runnable)} does. */
    public static void later(XnioIoThread thread, Runnable task) {
        try {
            thread.execute(task);
        } catch (RejectedExecutionException ending) {
            task.run();
        }
    }

    /**
     * Runs {@code action} once {@code nanos} have passed since {@code from}, unless the timer is cancelled before; never where the
     * thread is ending.
     *
     * @param from a moment of {@link System#nanoTime()}
     */
    public Timer after(long from, long nanos, Runnable action) {
        return new Timer(thread, from, nanos, action);
    }

    /**
     * Runs {@code action}, in which the first buffer that is taken from the pool of the connections is a large one: Undertow
     * transfers bodies through one buffer from that pool.
     */
    public void withLargeBuffer(Runnable action) {
        if (buffers instanceof TransferBuffers transfers) {
            transfers.withLarge(largeBuffers, action);
        } else {
            action.run();
        }
    }

    public LargeBuffers largeBuffers() {
        return largeBuffers;
    }
}
