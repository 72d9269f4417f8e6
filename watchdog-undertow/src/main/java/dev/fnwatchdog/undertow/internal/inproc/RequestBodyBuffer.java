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

    /** How far the body has come. */
    enum State {
        /** More may arrive. */
        ARRIVING,
        /** The whole body has arrived. */
        COMPLETE,
        /** The request has ended. */
        CLOSED;

        private boolean canBecome(State next) {
            return compareTo(next) < 0;
        }

        /** Returns {@code next}, which must be a state that may follow this one. */
        State to(State next) {
            return Transitions.checked(this, next, canBecome(next));
        }
    }

    private final ByteBufferPool pool;

    // Mutable state, under this object's lock. The buffer is released on the I/O thread alone, whose pool it comes
    // from.
    @GuardedBy("this")
    private @Nullable PooledByteBuffer buffer;

    @GuardedBy("this")
    private State state;

    @GuardedBy("this")
    private boolean readingStopped;

    /** @param ended whether there is no body */
    RequestBodyBuffer(ByteBufferPool pool, boolean ended) {
        this.pool = pool;
        this.state = ended ? State.COMPLETE : State.ARRIVING;
    }

    /** Copies buffered bytes; returns {@link #EOF} at the end, 0 where nothing has arrived yet. */
    synchronized int take(ByteBuffer dst) throws IOException {
        if (readingStopped) {
            return EOF;
        }
        if (state == State.CLOSED) {
            throw new ClosedChannelException();
        }
        PooledByteBuffer filled = buffer;
        if (filled != null && filled.getBuffer().hasRemaining()) {
            return Buffers.copy(dst, filled.getBuffer());
        }
        return state == State.COMPLETE ? EOF : 0;
    }

    /** Returns whether {@link #take} returns at once with bytes, the end or a failure. */
    synchronized boolean isReady() {
        return filled() || state != State.ARRIVING || readingStopped;
    }

    @GuardedBy("this")
    private boolean filled() {
        return buffer != null && buffer.getBuffer().hasRemaining();
    }

    /** Returns whether more may arrive. */
    synchronized boolean open() {
        return state == State.ARRIVING;
    }

    synchronized boolean closed() {
        return state == State.CLOSED;
    }

    /** Returns whether the handler reads no more. */
    synchronized boolean isReadingStopped() {
        return readingStopped;
    }

    synchronized void stopReading() {
        readingStopped = true;
        notifyAll();
    }

    /** Waits up to {@code millis} where there is nothing to take. */
    synchronized void awaitReady(long millis) throws IOException {
        if (!isReady()) {
            InterruptibleWait.on(this, millis);
        }
    }

    /** Prepares an empty buffer; returns false where none is needed. I/O thread. */
    @IoThread
    synchronized boolean prepareBuffer() {
        if (isReady()) {
            return false;
        }
        if (buffer == null) {
            buffer = pool.allocate();
            buffer.getBuffer().limit(0);
        }
        return true;
    }

    /** Fills the empty buffer; its content is available at once. I/O thread. */
    @IoThread
    int fillFrom(ReadableByteChannel source) throws IOException {
        PooledByteBuffer empty;
        synchronized (this) {
            empty = buffer;
        }
        if (empty == null) {
            return EOF;
        }
        // A view of its own: for the handler the buffer stays empty until the read is complete.
        ByteBuffer view = empty.getBuffer().duplicate().clear();
        int read = source.read(view);
        synchronized (this) {
            if (buffer != null && read > 0) {
                buffer.getBuffer().clear().limit(read);
                notifyAll();
            }
        }
        return read;
    }

    /**
     * Ends the body. I/O thread.
     *
     * @param aborted whether the request has ended, and not the body
     */
    @IoThread
    synchronized void end(boolean aborted) {
        State reached = aborted ? State.CLOSED : State.COMPLETE;
        if (state.compareTo(reached) < 0) {
            state = state.to(reached);
        }
        notifyAll();
    }

    /**
     * Closes the buffer with the request and notifies a waiting handler; returns false where it was closed. I/O thread.
     */
    @IoThread
    synchronized boolean close() {
        if (state == State.CLOSED) {
            return false;
        }
        state = state.to(State.CLOSED);
        if (buffer != null) {
            buffer.close();
            buffer = null;
        }
        notifyAll();
        return true;
    }
}
