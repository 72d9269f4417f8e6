package dev.fnwatchdog.undertow.internal.inproc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fnwatchdog.undertow.internal.io.InterruptibleWait;
import dev.fnwatchdog.undertow.internal.io.IoBuffers;
import dev.fnwatchdog.undertow.internal.io.IoLoop;
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

        /** Returns whether the handler has completed its response. */
        boolean isComplete() {
            return this == COMPLETE || this == CLOSED_COMPLETE;
        }

        /** Returns whether the request has ended. */
        boolean isClosed() {
            return this == CLOSED_COMPLETE || this == CLOSED_INCOMPLETE;
        }

        /** Returns whether what was written is sent. */
        boolean isSent() {
            return this == OPEN || this == COMPLETE;
        }
    }

    private final IoLoop loop;
    private final ByteBufferPool pool;

    // Mutable state, under this object's lock
    @GuardedBy("this")
    private final Deque<PooledByteBuffer> filled = new ArrayDeque<>(MAX_BUFFERS);

    @GuardedBy("this")
    private State state = State.OPEN;
    // Mutable state of the I/O thread
    private @Nullable PooledByteBuffer current;

    ResponseBuffers(IoLoop loop, ByteBufferPool pool) {
        this.loop = loop;
        this.pool = pool;
    }

    synchronized State state() {
        return state;
    }

    /** Returns whether all that the handler has written is being sent or was sent. */
    synchronized boolean noneFilled() {
        return filled.isEmpty();
    }

    /** Returns whether there is space, of a response whose request has not ended. */
    synchronized boolean hasSpace() {
        return filled.size() < MAX_BUFFERS && !state.isClosed();
    }

    /**
     * Accepts as much as there is space for.
     *
     * @param remaining the bytes of the response that are still to come, as the handler has announced
     * @param last whether the response ends with {@code src}
     */
    synchronized int put(ByteBuffer src, long remaining, boolean last) throws IOException {
        if (state != State.OPEN) {
            throw new ClosedChannelException();
        }
        int length = src.remaining();
        if (length > 0 && length > remaining) {
            throw new FixedLengthOverflowException();
        }
        while (src.hasRemaining() && ensureSpace(src.remaining())) {
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
    private boolean ensureSpace(int wanted) {
        if (!filled.isEmpty() && filled.getLast().getBuffer().hasRemaining()) {
            return true;
        }
        if (filled.size() >= MAX_BUFFERS) {
            return false;
        }
        // The large ones belong to the I/O thread.
        boolean large = wanted > IoBuffers.USUAL_SIZE && loop.isCurrent();
        return filled.add((large ? loop.largeBuffers() : pool).allocate());
    }

    /** Completes the response; returns false where further output is rejected already. */
    synchronized boolean end() {
        if (state != State.OPEN) {
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
        if (state.isSent() && filled.size() >= MAX_BUFFERS) {
            InterruptibleWait.on(this, millis);
        }
    }

    /** Closes the buffers with the request and notifies a waiting handler. I/O thread. */
    @IoThread
    void close() {
        synchronized (this) {
            if (state.isClosed()) {
                return;
            }
            state = state.to(state == State.COMPLETE ? State.CLOSED_COMPLETE : State.CLOSED_INCOMPLETE);
            filled.forEach(PooledByteBuffer::close);
            filled.clear();
            notifyAll();
        }
        release();
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

    /** Returns the length of a response that is complete and of which nothing was sent; otherwise -1. I/O thread. */
    @IoThread
    synchronized long completeLength() {
        if (!state.isComplete()) {
            return -1;
        }
        long length = current == null ? 0 : current.getBuffer().remaining();
        for (PooledByteBuffer next : filled) {
            length += next.getBuffer().position();
        }
        return length;
    }
}
