package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.io.MemoryBudget;

/**
 * The memory of a form that is read into parameters as a whole (specification 5.16, 7.20).
 *
 * <p>Threads: any.
 */
final class HeldForm {
    /** What one byte takes while it is parsed: a buffer that grows by copying, a string, and the decoded string. */
    private static final int BYTES_PER_BYTE = 6;

    private enum State {
        HELD,
        RELEASED
    }

    private final MemoryBudget memory;

    // Mutable state, under this object's lock
    private State state = State.HELD;
    private long reserved;

    HeldForm(MemoryBudget memory) {
        this.memory = memory;
    }

    /** Reserves the memory of some bytes of the body; returns false where they do not fit, and after the end of the request. */
    synchronized boolean reserve(int bytes) {
        long needed = (long) bytes * BYTES_PER_BYTE;
        if (state == State.RELEASED || !memory.reserve(needed)) {
            return false;
        }
        reserved += needed;
        return true;
    }

    /** Releases the memory at the end of the request. Without effect when called again. */
    synchronized void release() {
        state = State.RELEASED;
        memory.release(reserved);
        reserved = 0;
    }
}
