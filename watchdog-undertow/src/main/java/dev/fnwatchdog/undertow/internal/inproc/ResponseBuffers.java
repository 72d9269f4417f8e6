package dev.fnwatchdog.undertow.internal.inproc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fnwatchdog.undertow.internal.io.InterruptibleWait;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.Transitions;
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
 * Buffers what a handler has written and what was not sent to the client yet. A handler that is faster than its client waits
 * for space in them.
 *
 * <p>Threads: any for the handler's side; the methods marked so belong to the I/O thread.
 */
final class ResponseBuffers {
    private static final int MAX_BUFFERS = 4;

    /** How far the handler's output has come. */
    enum State {
        /** The handler writes. */
        OPEN,
        /** The handler has completed its response, which is being sent. */
        COMPLETE,
        /** The handler has failed, and its output is not sent any more. */
        REJECTED,
        /** The request has ended, and the response was complete before. */
        CLOSED_COMPLETE,
        /** The request has ended before the response was complete. */
        CLOSED_INCOMPLETE;

        private boolean canBecome(State next) {
            return switch (this) {
                case OPEN -> next == COMPLETE || next == REJECTED || next == CLOSED_INCOMPLETE;
                case COMPLETE -> next == CLOSED_COMPLETE;
                case REJECTED -> next == CLOSED_INCOMPLETE;
                case CLOSED_COMPLETE, CLOSED_INCOMPLETE -> false;
            };
        }

        /** Returns {@code next}, which must be a state that may follow this one. */
        State to(State next) {
            return Transitions.checked(this, next, canBecome(next));
        }

        private boolean isClosed() {
            return this == CLOSED_COMPLETE || this == CLOSED_INCOMPLETE;
        }
    }

    private final ByteBufferPool pool;

    // Mutable state, under this object's lock
    @GuardedBy("this")
    private final Deque<PooledByteBuffer> filled = new ArrayDeque<>(MAX_BUFFERS);

    @GuardedBy("this")
    private State state = State.OPEN;
    // Mutable state of the I/O thread
    private @Nullable PooledByteBuffer current;

    ResponseBuffers(ByteBufferPool pool) {
        this.pool = pool;
    }

    /** Returns whether the handler has completed its response. */
    synchronized boolean ended() {
        return state == State.COMPLETE || state == State.CLOSED_COMPLETE;
    }

    /** Returns whether further output is rejected, because the response is complete or the request has ended. */
    synchronized boolean isClosedForOutput() {
        return state != State.OPEN;
    }

    synchronized boolean closed() {
        return state.isClosed();
    }

    /** Returns whether nothing more is sent, whatever was written. */
    synchronized boolean stopped() {
        return state != State.OPEN && state != State.COMPLETE;
    }

    /** Returns whether all that the handler has written is being sent or was sent. */
    synchronized boolean noneFilled() {
        return filled.isEmpty();
    }

    synchronized void requireOpen() throws ClosedChannelException {
        if (isClosedForOutput()) {
            throw new ClosedChannelException();
        }
    }

    /**
     * Accepts as much as there is space for.
     *
     * @param remaining the bytes of the response that are still to come, as the handler has announced
     * @param last whether the response ends with {@code src}
     */
    synchronized int put(ByteBuffer src, long remaining, boolean last) throws IOException {
        requireOpen();
        int length = src.remaining();
        if (length > 0 && length > remaining) {
            throw new FixedLengthOverflowException();
        }
        while (src.hasRemaining() && ensureSpace()) {
            Buffers.copy(filled.getLast().getBuffer(), src);
        }
        int accepted = length - src.remaining();
        // A handler that has written the announced length has completed its response: the I/O thread is woken once, not
        // twice.
        if (accepted == remaining || (last && !src.hasRemaining())) {
            state = state.to(State.COMPLETE);
        }
        return accepted;
    }

    @GuardedBy("this")
    private boolean ensureSpace() {
        if (!filled.isEmpty() && filled.getLast().getBuffer().hasRemaining()) {
            return true;
        }
        if (filled.size() >= MAX_BUFFERS) {
            return false;
        }
        return filled.add(pool.allocate());
    }

    /** Completes the response; returns false where further output is rejected already. */
    synchronized boolean end() {
        if (isClosedForOutput()) {
            return false;
        }
        state = state.to(State.COMPLETE);
        return true;
    }

    /** Rejects further output. */
    synchronized void rejectOutput() {
        if (state == State.OPEN) {
            state = state.to(State.REJECTED);
        }
        notifyAll();
    }

    /** Waits up to {@code millis} where there is no space. */
    synchronized void awaitSpace(long millis) throws IOException {
        if ((state == State.OPEN || state == State.COMPLETE) && filled.size() >= MAX_BUFFERS) {
            InterruptibleWait.on(this, millis);
        }
    }

    /**
     * Closes the buffers with the request and notifies a waiting handler; returns false where they were closed. I/O thread.
     */
    @IoThread
    boolean close() {
        synchronized (this) {
            if (state.isClosed()) {
                return false;
            }
            state = state.to(state == State.COMPLETE ? State.CLOSED_COMPLETE : State.CLOSED_INCOMPLETE);
            filled.forEach(PooledByteBuffer::close);
            filled.clear();
            notifyAll();
        }
        release();
        return true;
    }

    /** Returns the buffer to send now; the same one until {@link #release} is called. I/O thread. */
    @IoThread
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

    /** Releases the buffer that was sent or is not needed any more. I/O thread. */
    @IoThread
    void release() {
        if (current != null) {
            current.close();
            current = null;
        }
    }

    /** I/O thread. */
    @IoThread
    synchronized boolean isEmpty() {
        return current == null && filled.isEmpty();
    }

    /** Returns the length of a response that is complete and of which nothing was sent; otherwise -1. I/O thread. */
    @IoThread
    synchronized long completeLength() {
        if (!ended()) {
            return -1;
        }
        long length = current == null ? 0 : current.getBuffer().remaining();
        for (PooledByteBuffer next : filled) {
            length += next.getBuffer().position();
        }
        return length;
    }
}
