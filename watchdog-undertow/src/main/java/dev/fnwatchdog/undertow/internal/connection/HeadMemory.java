package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.undertow.internal.io.MemoryBudget;

/**
 * What one connection takes of the memory that all share: while a head arrives, for it; afterwards, for what Undertow's
 * parser keeps of its size for the connection's life.
 *
 * <p>Threads: the connection's IO thread; any may close it.
 */
final class HeadMemory {
    /** An open connection and whatever reads it, as measured, and a little more. */
    static final int CONNECTION_BYTES = 4 * 1024;

    /** Of a head that has not arrived completely, so much is a part of {@link #CONNECTION_BYTES}. */
    private static final int OF_HEAD_UNDER_WAY = 1024;

    /** A complete head becomes a request at once, which takes that much and more for itself. */
    private static final int OF_COMPLETE_HEAD = 8 * 1024;

    /** Of what the parser keeps, so much is a part of {@link #CONNECTION_BYTES}: most heads have no longer lines. */
    private static final int OF_PARSER = 512;

    private final MemoryBudget budget;

    // Mutable state, under this object's lock
    private long taken;
    private long kept;
    private boolean closed;

    HeadMemory(MemoryBudget budget) {
        this.budget = budget;
    }

    /** Takes what the head needs that arrives; false where it does not fit. */
    boolean reserve(RequestHeadScanner head) {
        long cost = head.memory();
        return cost <= (head.ended() ? OF_COMPLETE_HEAD : OF_HEAD_UNDER_WAY) || takeUpTo(cost);
    }

    /** Takes what the request's trailers need that arrive, beside its head; false where they do not fit. */
    boolean reserve(RequestHeadScanner head, long trailers) {
        return trailers <= OF_HEAD_UNDER_WAY || takeUpTo(head.memory() + trailers);
    }

    private synchronized boolean takeUpTo(long bytes) {
        if (closed) {
            return false;
        }
        if (bytes <= taken) {
            return true;
        }
        if (!budget.reserve(bytes - taken)) {
            return false;
        }
        taken = bytes;
        return true;
    }

    /** Takes what the parser keeps of the head that has been read; false where the connection cannot be kept for it. */
    boolean reserveForParser(RequestHeadScanner head) {
        return head.keptByParser() <= OF_PARSER || keep(head.keptByParser());
    }

    private synchronized boolean keep(long bytes) {
        kept = Math.max(kept, bytes);
        return takeUpTo(kept);
    }

    /** The request is over, and nothing is left of its head but what the parser keeps. */
    synchronized void releaseHead() {
        if (taken > kept) {
            budget.release(taken - kept);
            taken = kept;
        }
    }

    synchronized void close() {
        closed = true;
        budget.release(taken);
        taken = 0;
    }
}
