package dev.fnwatchdog.undertow.internal.connection;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;

/**
 * What one connection reserves of the memory for heads, which all connections share (specification 7.21): for a head
 * while it arrives, and afterwards for what Undertow's parser keeps for the connection's life in proportion to that
 * head.
 *
 * <p>Threads: the connection's I/O thread; any may close it.
 */
final class HeadMemory {
    /** Bytes of an open connection and what reads it, as measured, and a little more. */
    static final int CONNECTION_BYTES = 4 * 1024;

    /** The bytes of {@link #CONNECTION_BYTES} that are for a head which has not arrived completely. */
    private static final int OF_PARTIAL_HEAD = 1024;

    /**
     * The bytes for which a complete head reserves nothing: it becomes a request at once, which reserves that much and
     * more.
     */
    private static final int OF_COMPLETE_HEAD = 8 * 1024;

    /** The bytes of {@link #CONNECTION_BYTES} that are for what the parser keeps: most heads have no longer lines. */
    private static final int OF_PARSER = 512;

    private final MemoryBudget budget;

    // Mutable state, guarded by this object's lock
    @GuardedBy("this")
    private long reserved;

    @GuardedBy("this")
    private long parserBytes;

    @GuardedBy("this")
    private boolean closed;

    HeadMemory(MemoryBudget budget) {
        this.budget = budget;
    }

    /** Reserves the memory of the head that arrives. Returns false where it does not fit. */
    boolean reserve(RequestHeadScanner head) {
        long cost = head.memory();
        return cost <= (head.ended() ? OF_COMPLETE_HEAD : OF_PARTIAL_HEAD) || reserveUpTo(cost);
    }

    /**
     * Reserves the memory of the request's trailers that arrive, in addition to that of its head. Returns false where
     * they do not fit.
     */
    boolean reserve(RequestHeadScanner head, long trailers) {
        return trailers <= OF_PARTIAL_HEAD || reserveUpTo(head.memory() + trailers);
    }

    private synchronized boolean reserveUpTo(long bytes) {
        if (closed) {
            return false;
        }
        if (bytes <= reserved) {
            return true;
        }
        if (!budget.reserve(bytes - reserved)) {
            return false;
        }
        reserved = bytes;
        return true;
    }

    /**
     * Reserves what the parser keeps of the head that has been read. Returns false where the connection must be closed
     * for it.
     */
    boolean reserveForParser(RequestHeadScanner head) {
        return head.keptByParser() <= OF_PARSER || reserveParserBytes(head.keptByParser());
    }

    private synchronized boolean reserveParserBytes(long bytes) {
        parserBytes = Math.max(parserBytes, bytes);
        return reserveUpTo(parserBytes);
    }

    /** Releases the memory of a request's head and trailers, except for what the parser keeps. */
    synchronized void releaseHead() {
        if (reserved > parserBytes) {
            budget.release(reserved - parserBytes);
            reserved = parserBytes;
        }
    }

    synchronized void close() {
        closed = true;
        budget.release(reserved);
        reserved = 0;
    }
}
