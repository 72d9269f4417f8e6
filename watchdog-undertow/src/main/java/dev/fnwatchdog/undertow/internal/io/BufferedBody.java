package dev.fnwatchdog.undertow.internal.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.xnio.channels.StreamSourceChannel;

/**
 * A body that is held in memory as a whole, in pieces, within a budget that it shares with others (specification 7.20).
 * Each byte is copied once, from the channel into its piece.
 *
 * <p>Threads: one at a time.
 */
public final class BufferedBody {
    /** The state of reading. */
    public enum Progress {
        INCOMPLETE,
        COMPLETE,
        TOO_LARGE
    }

    private static final int MIN_PIECE = 512;
    // What is read beyond the end of a request has to fit into one buffer, into which it is pushed back.
    private static final int MAX_PIECE = IoBuffers.USUAL_SIZE;
    /** A client that sends fast must not delay the other requests of its I/O thread. */
    private static final int MAX_READS_AT_ONCE = 16;

    private final MemoryBudget budget;
    private final List<ByteBuffer> pieces = new ArrayList<>();

    // Mutable state
    private long announced;
    private long size;
    private long capacity;
    private long reserved;

    public BufferedBody(MemoryBudget budget) {
        this.budget = budget;
    }

    /**
     * Reserves the memory for a body of a known length before any of it is read. Returns false where it does not fit.
     */
    public boolean announce(long length) {
        announced = length;
        return reserve(length);
    }

    private boolean reserve(long upTo) {
        if (upTo > reserved) {
            if (!budget.reserve(upTo - reserved)) {
                return false;
            }
            reserved = upTo;
        }
        return true;
    }

    /** Reads what is available, in at most {@link #MAX_READS_AT_ONCE} reads. */
    public Progress readFrom(StreamSourceChannel channel) throws IOException {
        for (int i = 0; i < MAX_READS_AT_ONCE; i++) {
            if (!makeRoom()) {
                return Progress.TOO_LARGE;
            }
            int read = channel.read(pieces.get(pieces.size() - 1));
            if (read < 0) {
                return Progress.COMPLETE;
            }
            if (read == 0) {
                return Progress.INCOMPLETE;
            }
            size += read;
        }
        return Progress.INCOMPLETE;
    }

    private boolean makeRoom() {
        if (size < capacity) {
            return true;
        }
        // Many small pieces would need more memory than is reserved, and large ones more than the body needs.
        long rest = announced > size ? announced - size : Math.max(MIN_PIECE, size);
        int length = (int) Math.min(MAX_PIECE, rest);
        if (!reserve(capacity + length)) {
            return false;
        }
        pieces.add(ByteBuffer.allocate(length));
        capacity += length;
        return true;
    }

    /** Returns how many bytes have been read. */
    public long size() {
        return size;
    }

    /** Returns the whole body; each piece is ready to be read, and none is empty. */
    public ByteBuffer[] pieces() {
        return pieces.stream()
                .map(piece -> piece.duplicate().flip())
                .filter(ByteBuffer::hasRemaining)
                .toArray(ByteBuffer[]::new);
    }

    /** Releases the memory. A second call has no effect. */
    public void free() {
        budget.release(reserved);
        reserved = 0;
        pieces.clear();
        capacity = size;
    }
}
