package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.LargeBuffers;
import io.undertow.connector.PooledByteBuffer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The piece of a body that was read on one side and not yet written on the other. Its buffer has Undertow's size; after a piece
 * has filled it, the body counts as large, and gets a large buffer.
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
public final class BodyPiece {
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final Invocation invocation;

    // Mutable state
    private @Nullable PooledByteBuffer pooled;
    private boolean large;

    public BodyPiece(Invocation invocation) {
        this.invocation = invocation;
    }

    /** Sets the first piece, which was read elsewhere. */
    public void begin(PooledByteBuffer first) {
        pooled = first;
        large = isFull(first.getBuffer());
    }

    private static boolean isFull(ByteBuffer piece) {
        return piece.limit() == piece.capacity();
    }

    /**
     * Returns an empty buffer for the next piece, after the last one was written. {@link #flip} makes a piece of it.
     */
    public ByteBuffer writableBuffer() {
        if (pooled != null && large && pooled.getBuffer().capacity() < LargeBuffers.SIZE) {
            free();
        }
        if (pooled == null) {
            pooled = large
                    ? invocation.loop().largeBuffers().allocate()
                    : invocation.exchange().getConnection().getByteBufferPool().allocate();
        }
        return pooled.getBuffer().clear();
    }

    /** Makes a piece of what was read into the buffer. */
    public void flip() {
        if (pooled != null) {
            large |= isFull(pooled.getBuffer().flip());
        }
    }

    /** Returns the bytes to write. */
    public ByteBuffer bytes() {
        return pooled == null ? EMPTY : pooled.getBuffer();
    }

    /**
     * Releases the buffer, unless it contains bytes that are still to be written.
     *
     * @param ended whether nothing more will be written
     */
    public void freeIfUnused(boolean ended) {
        if (ended || !bytes().hasRemaining()) {
            free();
        }
    }

    /** Releases the buffer with its content. */
    public void free() {
        if (pooled != null) {
            pooled.close();
            pooled = null;
        }
    }
}
