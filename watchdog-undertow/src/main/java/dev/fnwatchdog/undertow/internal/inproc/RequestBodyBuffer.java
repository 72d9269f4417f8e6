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
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;

/**
 * Buffers the part of a request body that has arrived and that the handler has not read.
 *
 * <p>Threads: any for the handler's side; the methods marked so belong to the I/O thread.
 */
final class RequestBodyBuffer {
    /** In place of a number of bytes: the end of the body. */
    static final int EOF = -1;

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    /** How far the body has come. Each state can be followed by any later one. */
    enum State {
        /** More may arrive. */
        ARRIVING,
        /** The whole body has arrived. */
        COMPLETE,
        /** The request has ended, and a read fails. */
        CLOSED,
        /** The handler reads no more: it gets the end of the body. */
        STOPPED;

        private boolean canBecome(State next) {
            return compareTo(next) < 0;
        }

        /** Returns {@code next}, which must be a state that may follow this one. */
        State to(State next) {
            return Transitions.checked(this, next, canBecome(next));
        }
    }

    private final ByteBufferPool pool;

    // Mutable state of the I/O thread
    private @Nullable PooledByteBuffer buffer;

    // Mutable state, under this object's lock
    @GuardedBy("this")
    private ByteBuffer unread = EMPTY;

    @GuardedBy("this")
    private State state;

    /** @param ended whether there is no body */
    RequestBodyBuffer(ByteBufferPool pool, boolean ended) {
        this.pool = pool;
        this.state = ended ? State.COMPLETE : State.ARRIVING;
    }

    /** Copies buffered bytes; returns {@link #EOF} at the end, 0 where nothing has arrived yet. */
    synchronized int take(ByteBuffer dst) throws IOException {
        if (state == State.CLOSED) {
            throw new ClosedChannelException();
        }
        if (unread.hasRemaining()) {
            return Buffers.copy(dst, unread);
        }
        return state == State.ARRIVING ? 0 : EOF;
    }

    /** Returns whether {@link #take} returns at once with bytes, the end or a failure. */
    synchronized boolean isReady() {
        return unread.hasRemaining() || state != State.ARRIVING;
    }

    synchronized State state() {
        return state;
    }

    /** Returns whether the handler gets no more of the body. */
    synchronized boolean isClosed() {
        return state.compareTo(State.CLOSED) >= 0;
    }

    /** Waits up to {@code millis} where there is nothing to take. */
    synchronized void awaitReady(long millis) throws IOException {
        if (!isReady()) {
            InterruptibleWait.on(this, millis);
        }
    }

    /** Reads into the buffer, which must be empty. I/O thread. */
    @IoThread
    int fillFrom(ReadableByteChannel source) throws IOException {
        if (buffer == null) {
            buffer = pool.allocate();
        }
        // A view of its own: for the handler the buffer stays empty until the read is complete.
        ByteBuffer view = buffer.getBuffer().duplicate().clear();
        int read = source.read(view);
        if (read > 0) {
            offer(view.flip());
        }
        return read;
    }

    private synchronized void offer(ByteBuffer arrived) {
        if (state == State.ARRIVING) {
            unread = arrived;
            notifyAll();
        }
    }

    /** Called when the whole body has arrived. */
    void complete() {
        advanceTo(State.COMPLETE);
    }

    /** Called when the handler reads no more. */
    void stopReading() {
        advanceTo(State.STOPPED);
    }

    private synchronized void advanceTo(State next) {
        if (state.canBecome(next)) {
            state = state.to(next);
            unread = state == State.COMPLETE ? unread : EMPTY;
            notifyAll();
        }
    }

    /** Closes the buffer with the request. I/O thread. */
    @IoThread
    void close() {
        advanceTo(State.CLOSED);
        if (buffer != null) {
            buffer.close();
            buffer = null;
        }
    }
}
