package dev.fnwatchdog.undertow.internal.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.xnio.channels.StreamSourceChannel;

/**
 * A body held in memory as a whole, in pieces, on account of a budget that it shares with others. Each byte is copied once,
 * from the channel into its piece.
 *
 * <p>Threads: one at a time.
 */
public final class BufferedBody {
    /** How far reading has come. */
    public enum Progress {
        INCOMPLETE,
        COMPLETE,
        TOO_LARGE
    }

    private static final int SMALLEST_PIECE = 512;
    // What is read beyond the end of a request has to fit into one buffer, to be put back.
    private static final int LARGEST_PIECE = IoBuffers.USUAL_SIZE;
    /** Who sends fast must not keep the others of his IO thread waiting. */
    private static final int MOST_READS_AT_ONCE = 16;

    private final MemoryBudget budget;
    private final List<ByteBuffer> pieces = new ArrayList<>();

    // Mutable state
    private long announced;
    private long size;
    private long capacity;
    private long taken;

    public BufferedBody(MemoryBudget budget) {
        this.budget = budget;
    }

    /** Takes the memory for a body of a known length before a byte of it is read; false where it does not fit. */
    public boolean announce(long length) {
        announced = length;
        return take(length);
    }

    private boolean take(long upTo) {
        if (upTo > taken) {
            if (!budget.reserve(upTo - taken)) {
                return false;
            }
            taken = upTo;
        }
        return true;
    }

    /** Reads what there is, and no more than a turn's worth of it. */
    public Progress readFrom(StreamSourceChannel channel) throws IOException {
        for (int i = 0; i < MOST_READS_AT_ONCE; i++) {
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
        // Many small pieces would need more memory than the budget knows of, and large ones more than the body.
        long wanted = announced > size ? announced - size : Math.max(SMALLEST_PIECE, size);
        int length = (int) Math.min(LARGEST_PIECE, wanted);
        if (!take(capacity + length)) {
            return false;
        }
        pieces.add(ByteBuffer.allocate(length));
        capacity += length;
        return true;
    }

    /** How many bytes there are. */
    public long size() {
        return size;
    }

    /** All of it, each piece ready to be read, and none empty. */
    public ByteBuffer[] pieces() {
        return pieces.stream()
                .map(piece -> piece.duplicate().flip())
                .filter(ByteBuffer::hasRemaining)
                .toArray(ByteBuffer[]::new);
    }

    /** Gives the memory back. Harmless twice. */
    public void free() {
        budget.release(taken);
        taken = 0;
        pieces.clear();
        capacity = size;
    }
}
