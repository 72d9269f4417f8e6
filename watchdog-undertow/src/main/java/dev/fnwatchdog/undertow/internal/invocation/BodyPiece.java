package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.undertow.internal.io.LargeBuffers;
import io.undertow.connector.PooledByteBuffer;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The piece of a body that has been read on one side and not been written on the other yet. Its buffer has Undertow's size; once
 * a piece has filled it, the body is large, and so is the buffer.
 *
 * <p>Threads: the exchange's IO thread.
 */
public final class BodyPiece {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Invocation invocation;

    // Mutable state
    private @Nullable PooledByteBuffer pooled;
    private boolean large;

    public BodyPiece(Invocation invocation) {
        this.invocation = invocation;
    }

    /** What has been read elsewhere is the first piece. */
    public void begin(PooledByteBuffer first) {
        pooled = first;
        large = isFull(first.getBuffer());
    }

    private static boolean isFull(ByteBuffer piece) {
        return piece.limit() == piece.capacity();
    }

    /** Room for the next piece, when nothing is left of the one before. {@link #flip} makes a piece of it. */
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

    /** The room has got what there was. */
    public void flip() {
        if (pooled != null) {
            large |= isFull(pooled.getBuffer().flip());
        }
    }

    /** What is to be written. */
    public ByteBuffer bytes() {
        return pooled == null ? NOTHING : pooled.getBuffer();
    }

    /**
     * Gives back the buffer, unless there is something in it that is still to be written.
     *
     * @param over whether nothing will be written any more
     */
    public void freeIfUnused(boolean over) {
        if (over || !bytes().hasRemaining()) {
            free();
        }
    }

    /** Gives back the buffer, whatever is in it. */
    public void free() {
        if (pooled != null) {
            pooled.close();
            pooled = null;
        }
    }
}
