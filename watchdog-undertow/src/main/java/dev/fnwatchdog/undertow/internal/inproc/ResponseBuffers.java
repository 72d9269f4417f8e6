package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.io.InterruptibleWait;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.channels.FixedLengthOverflowException;

/**
 * What a handler has written and the client has not been sent yet: a few buffers, and how far the answer has come. A handler
 * that is faster than its client waits for room in them.
 *
 * <p>Threads: any for the handler's side; what says so belongs to the IO thread.
 */
final class ResponseBuffers {
    private static final int MOST_BUFFERS = 4;

    private final ByteBufferPool pool;

    // Mutable state, under this object's lock
    private final Deque<PooledByteBuffer> filled = new ArrayDeque<>(MOST_BUFFERS);
    private boolean ended;
    private boolean closed;
    private boolean refused;
    // Mutable state of the IO thread
    private @Nullable PooledByteBuffer current;

    ResponseBuffers(ByteBufferPool pool) {
        this.pool = pool;
    }

    /** Whether the handler has given its whole answer. */
    synchronized boolean ended() {
        return ended;
    }

    /** Whether nobody is told what is written from now on, since all has been written or nobody listens. */
    synchronized boolean isClosedForOutput() {
        return ended || closed || refused;
    }

    synchronized boolean closed() {
        return closed;
    }

    /** Whether nothing may go out any more, whatever has been written. */
    synchronized boolean stopped() {
        return closed || (refused && !ended);
    }

    /** Whether the handler has written nothing that has not begun to go out. */
    synchronized boolean noneFilled() {
        return filled.isEmpty();
    }

    synchronized void requireOpen() throws ClosedChannelException {
        if (isClosedForOutput()) {
            throw new ClosedChannelException();
        }
    }

    /**
     * Takes what there is room for.
     *
     * @param left how much of the answer is still to come, as the handler has promised
     * @param last whether the answer ends with {@code src}
     */
    synchronized int put(ByteBuffer src, long left, boolean last) throws IOException {
        requireOpen();
        int before = src.remaining();
        if (before > 0 && before > left) {
            throw new FixedLengthOverflowException();
        }
        while (src.hasRemaining() && makeRoom()) {
            Buffers.copy(filled.getLast().getBuffer(), src);
        }
        int taken = before - src.remaining();
        // Who has written as much as he promised will end the answer, and the IO thread need not be woken twice.
        ended = taken == left || (last && !src.hasRemaining());
        return taken;
    }

    private boolean makeRoom() {
        if (!filled.isEmpty() && filled.getLast().getBuffer().hasRemaining()) {
            return true;
        }
        if (filled.size() >= MOST_BUFFERS) {
            return false;
        }
        return filled.add(pool.allocate());
    }

    /** The answer is whole. False where it has been over before. */
    synchronized boolean end() {
        if (isClosedForOutput()) {
            return false;
        }
        ended = true;
        return true;
    }

    /** Nothing that is written from now on is a part of an answer. */
    synchronized void rejectOutput() {
        refused = true;
        notifyAll();
    }

    /** Waits for a while where there is no room. */
    synchronized void awaitSpace(long millis) throws IOException {
        if (!closed && !refused && filled.size() >= MOST_BUFFERS) {
            InterruptibleWait.on(this, millis);
        }
    }

    /** The call is over: who waits for room hears of it. False where it has been over before. IO thread. */
    boolean close() {
        synchronized (this) {
            if (closed) {
                return false;
            }
            closed = true;
            filled.forEach(PooledByteBuffer::close);
            filled.clear();
            notifyAll();
        }
        release();
        return true;
    }

    /** The buffer to be sent now; the same one until it is {@link #release}d. IO thread. */
    synchronized @Nullable PooledByteBuffer next() {
        if (current == null) {
            current = filled.poll();
            if (current != null) {
                current.getBuffer().flip();
                notifyAll();
            }
        }
        return current;
    }

    /** The buffer that was to be sent is sent, or of no use any more. IO thread. */
    void release() {
        if (current != null) {
            current.close();
            current = null;
        }
    }

    /** IO thread. */
    synchronized boolean isEmpty() {
        return current == null && filled.isEmpty();
    }

    /** How long the whole answer is, where it is all there and nothing of it has been sent; else -1. IO thread. */
    synchronized long completeLength() {
        if (!ended) {
            return -1;
        }
        long length = current == null ? 0 : current.getBuffer().remaining();
        for (PooledByteBuffer next : filled) {
            length += next.getBuffer().position();
        }
        return length;
    }
}
