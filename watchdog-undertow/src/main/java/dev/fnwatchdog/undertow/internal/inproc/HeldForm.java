package dev.fnwatchdog.undertow.internal.inproc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fnwatchdog.undertow.internal.inproc.servlet.FormMemory;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import java.nio.ByteBuffer;

/**
 * The memory of a form that is read into parameters or parts (specification 5.16, 7.20).
 *
 * <p>Threads: any.
 */
final class HeldForm implements FormMemory {
    /** What one byte takes while it is parsed: a buffer that grows by copying, a string, and the decoded string. */
    private static final int BYTES_PER_BYTE = 6;

    /** What one field takes besides its bytes: entries of maps, queues, strings and the fields of its head. */
    private static final int BYTES_PER_FIELD = 1000;

    /** How the memory is reserved. */
    enum Kind {
        /** {@code application/x-www-form-urlencoded}: by what is read of the body, all of which becomes fields. */
        URL_ENCODED,
        /** {@code multipart/form-data}: by its parser, which knows what it keeps in memory. */
        MULTIPART
    }

    private enum State {
        HELD,
        RELEASED
    }

    private final MemoryBudget memory;
    private final Kind kind;

    // Mutable state, under this object's lock
    @GuardedBy("this")
    private State state = State.HELD;

    @GuardedBy("this")
    private long reserved;

    HeldForm(MemoryBudget memory, Kind kind) {
        this.memory = memory;
        this.kind = kind;
    }

    /**
     * Reserves the memory of a piece of the body that has been read.
     *
     * @return false where it does not fit
     */
    boolean received(ByteBuffer piece) {
        return kind == Kind.MULTIPART || reserve(piece.remaining(), fields(piece));
    }

    private static int fields(ByteBuffer piece) {
        int fields = 0;
        for (int i = piece.position(); i < piece.limit(); i++) {
            if (piece.get(i) == '&') {
                fields++;
            }
        }
        return fields;
    }

    @Override
    public synchronized boolean reserve(long bytes, int fields) {
        long needed = bytes * BYTES_PER_BYTE + (long) fields * BYTES_PER_FIELD;
        if (state == State.RELEASED || !memory.reserve(needed)) {
            return false;
        }
        reserved += needed;
        return true;
    }

    @Override
    public synchronized void release(long bytes) {
        if (state == State.HELD) {
            memory.release(bytes * BYTES_PER_BYTE);
            reserved -= bytes * BYTES_PER_BYTE;
        }
    }

    /** Releases the memory at the end of the request. Without effect when called again. */
    synchronized void release() {
        state = State.RELEASED;
        memory.release(reserved);
        reserved = 0;
    }
}
