package dev.fnwatchdog.undertow.internal.http2.frame;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.ConduitStreamSinkChannel;

/**
 * The bytes of frames that wait for the socket, in their order. Whoever writes DATA asks {@link #isFull()} first; frames that
 * keep the protocol going are always accepted, and their number is bounded elsewhere.
 *
 * <p>Threads: the connection's I/O thread.
 */
public final class OutputQueue {
    /** Bytes that may wait before DATA has to. */
    private static final int FULL = 32 * 1024;

    /** As long as a payload is worth a system call of its own, in place of a copy. */
    private static final int LARGE = 4 * 1024;

    private final ConduitStreamSinkChannel socket;
    private final ByteBufferPool buffers;
    private final ArrayDeque<PooledByteBuffer> waiting = new ArrayDeque<>(2);

    // Mutable state
    private @Nullable PooledByteBuffer tail;
    private long written;
    private long flushed;

    public OutputQueue(ConduitStreamSinkChannel socket, ByteBufferPool buffers) {
        this.socket = socket;
        this.buffers = buffers;
    }

    /** The position behind the last byte, counted from the connection's first. */
    public long end() {
        return written;
    }

    /** Whether all bytes before {@code position} have reached the socket. */
    public boolean isFlushed(long position) {
        return flushed >= position;
    }

    public boolean isEmpty() {
        return flushed == written;
    }

    /** Bytes that wait. */
    public long size() {
        return written - flushed;
    }

    public boolean isFull() {
        return size() >= FULL;
    }

    /** Appends all of {@code bytes}. */
    void put(ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            ByteBuffer to = room();
            int length = Math.min(to.remaining(), bytes.remaining());
            int limit = bytes.limit();
            bytes.limit(bytes.position() + length);
            to.put(bytes);
            bytes.limit(limit);
            written += length;
        }
    }

    private ByteBuffer room() {
        if (tail == null || !tail.getBuffer().hasRemaining()) {
            tail = buffers.allocate();
            waiting.addLast(tail);
        }
        return tail.getBuffer();
    }

    /** Appends a head and its payload; a long payload that nothing waits before goes to the socket without a copy. */
    void put(ByteBuffer head, ByteBuffer payload) throws IOException {
        if (isEmpty() && payload.remaining() >= LARGE) {
            long sent = socket.write(new ByteBuffer[] {head, payload}, 0, 2);
            written += sent;
            flushed += sent;
        }
        put(head);
        put(payload);
    }

    /** Writes what the socket takes. True where nothing is left. */
    public boolean flush() throws IOException {
        while (!isEmpty()) {
            long sent = waiting.size() == 1 ? writeOne() : writeAll();
            if (sent == 0) {
                return false;
            }
            flushed += sent;
        }
        return true;
    }

    private long writeOne() throws IOException {
        PooledByteBuffer only = waiting.element();
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
        ByteBuffer[] all = new ByteBuffer[waiting.size()];
        int i = 0;
        for (PooledByteBuffer next : waiting) {
            all[i++] = next.getBuffer().flip();
        }
        long sent = socket.write(all, 0, all.length);
        while (!waiting.isEmpty() && !waiting.element().getBuffer().hasRemaining()) {
            release(waiting.element());
        }
        for (PooledByteBuffer next : waiting) {
            next.getBuffer().compact();
        }
        return sent;
    }

    private void release(PooledByteBuffer first) {
        waiting.remove();
        if (first == tail) {
            tail = null;
        }
        first.close();
    }

    /** Drops what waits. */
    public void close() {
        tail = null;
        while (!waiting.isEmpty()) {
            waiting.remove().close();
        }
        flushed = written;
    }
}
