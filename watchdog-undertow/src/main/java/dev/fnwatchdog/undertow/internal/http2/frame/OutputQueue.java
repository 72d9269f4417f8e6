package dev.fnwatchdog.undertow.internal.http2.frame;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.conduits.ConduitStreamSinkChannel;

/**
 * The queue of frame bytes that are not yet written to the socket. Writers of DATA check {@link #isFull()} first. Control
 * frames are always accepted; other code limits their number.
 *
 * <p>Threads: the connection's I/O thread.
 */
public final class OutputQueue {
    /** In bytes. With as many pending, no more DATA is accepted. */
    private static final int MAX_PENDING = 32 * 1024;

    /** In bytes. A payload of this length is written by a system call of its own, which costs less than a copy. */
    private static final int MIN_UNCOPIED = 4 * 1024;

    private final ConduitStreamSinkChannel socket;
    private final ByteBufferPool buffers;
    private final ArrayDeque<PooledByteBuffer> pending = new ArrayDeque<>(2);

    // Mutable state
    private @Nullable PooledByteBuffer tail;
    private long written;
    private long flushed;

    public OutputQueue(ConduitStreamSinkChannel socket, ByteBufferPool buffers) {
        this.socket = socket;
        this.buffers = buffers;
    }

    /** Returns the position behind the last byte, counted from the connection's first. */
    public long end() {
        return written;
    }

    /** Returns whether all bytes before {@code position} have reached the socket. */
    public boolean isFlushed(long position) {
        return flushed >= position;
    }

    public boolean isEmpty() {
        return flushed == written;
    }

    /** Returns the number of pending bytes. */
    public long size() {
        return written - flushed;
    }

    public boolean isFull() {
        return size() >= MAX_PENDING;
    }

    /** Appends all of {@code bytes}. */
    void put(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            written += Buffers.copy(writableBuffer(), bytes);
        }
    }

    private ByteBuffer writableBuffer() {
        if (tail == null || !tail.getBuffer().hasRemaining()) {
            tail = buffers.allocate();
            pending.addLast(tail);
        }
        return tail.getBuffer();
    }

    /** Appends a head and its payload; writes a long payload without a copy where the queue is empty. */
    void put(ByteBuffer head, ByteBuffer payload) throws IOException {
        if (isEmpty() && payload.remaining() >= MIN_UNCOPIED) {
            long sent = socket.write(new ByteBuffer[] {head, payload}, 0, 2);
            written += sent;
            flushed += sent;
        }
        put(head);
        put(payload);
    }

    /** Writes as much as the socket accepts. Returns true where nothing is left. */
    public boolean flush() throws IOException {
        while (!isEmpty()) {
            long sent = pending.size() == 1 ? writeOne() : writeAll();
            if (sent == 0) {
                return false;
            }
            flushed += sent;
        }
        return true;
    }

    private long writeOne() throws IOException {
        PooledByteBuffer only = pending.element();
        ByteBuffer bytes = only.getBuffer();
        bytes.flip();
        long sent = socket.write(bytes);
        if (bytes.hasRemaining()) {
            bytes.compact();
        } else {
            release(only);
        }
        return sent;
    }

    private long writeAll() throws IOException {
        ByteBuffer[] all = new ByteBuffer[pending.size()];
        int i = 0;
        for (PooledByteBuffer next : pending) {
            all[i++] = next.getBuffer().flip();
        }
        long sent = socket.write(all, 0, all.length);
        while (!pending.isEmpty() && !pending.element().getBuffer().hasRemaining()) {
            release(pending.element());
        }
        for (PooledByteBuffer next : pending) {
            next.getBuffer().compact();
        }
        return sent;
    }

    private void release(PooledByteBuffer first) {
        pending.remove();
        if (first == tail) {
            tail = null;
        }
        first.close();
    }

    /** Drops all pending bytes. */
    public void close() {
        tail = null;
        while (!pending.isEmpty()) {
            pending.remove().close();
        }
        flushed = written;
    }
}
