package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.io.InterruptibleWait;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;

/**
 * What has come of a request's body and no handler has taken yet: one buffer, and how far the body has come.
 *
 * <p>Threads: any for the handler's side; what says so belongs to the IO thread.
 */
final class RequestBodyBuffer {
    /** In place of a number of bytes: there will be no more. */
    static final int EOF = -1;

    private final ByteBufferPool pool;

    // Mutable state, under this object's lock
    // Given back on the IO thread alone, whose pool it comes from.
    private @Nullable PooledByteBuffer buffer;
    private boolean ended;
    private boolean stopReading;
    private boolean closed;

    /** @param ended whether there is no body */
    RequestBodyBuffer(ByteBufferPool pool, boolean ended) {
        this.pool = pool;
        this.ended = ended;
    }

    /** What waits in the buffer; {@link #EOF} at the end, 0 where nothing has come yet. */
    synchronized int take(ByteBuffer dst) throws IOException {
        if (stopReading) {
            return EOF;
        }
        if (closed) {
            throw new ClosedChannelException();
        }
        PooledByteBuffer full = buffer;
        if (full != null && full.getBuffer().hasRemaining()) {
            return Buffers.copy(dst, full.getBuffer());
        }
        return ended ? EOF : 0;
    }

    /** Whether who takes now need not wait. */
    synchronized boolean isReady() {
        return full() || ended || closed || stopReading;
    }

    private boolean full() {
        return buffer != null && buffer.getBuffer().hasRemaining();
    }

    /** Whether there may be more to come. */
    synchronized boolean open() {
        return !ended && !closed;
    }

    synchronized boolean closed() {
        return closed;
    }

    /** Whether the handler reads no more. */
    synchronized boolean isReadingStopped() {
        return stopReading;
    }

    synchronized void stopReading() {
        stopReading = true;
        notifyAll();
    }

    /** Waits for a while where there is nothing to take. */
    synchronized void awaitReady(long millis) throws IOException {
        if (!isReady()) {
            InterruptibleWait.on(this, millis);
        }
    }

    /** Makes room. False where none is needed. IO thread. */
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

    /** Fills the buffer, in which there is nothing; what there is may be taken at once. IO thread. */
    int fillFrom(ReadableByteChannel from) throws IOException {
        PooledByteBuffer empty;
        synchronized (this) {
            empty = buffer;
        }
        if (empty == null) {
            return EOF;
        }
        // Empty for the handler until there is all that comes now: its own view of it is not touched meanwhile.
        ByteBuffer free = empty.getBuffer().duplicate().clear();
        int read = from.read(free);
        synchronized (this) {
            if (buffer != null && read > 0) {
                buffer.getBuffer().clear().limit(read);
                notifyAll();
            }
        }
        return read;
    }

    /**
     * There will be no more. IO thread.
     *
     * @param cutOff whether that is so because the call is over, and not because the body has ended
     */
    synchronized void end(boolean cutOff) {
        ended = true;
        closed |= cutOff;
        notifyAll();
    }

    /** The call is over: who waits for bytes hears of it. False where it has been over before. IO thread. */
    synchronized boolean close() {
        if (closed) {
            return false;
        }
        closed = true;
        if (buffer != null) {
            buffer.close();
            buffer = null;
        }
        notifyAll();
        return true;
    }
}
