package dev.fnwatchdog.undertow.internal.http2.frame;

/**
 * How many bytes of DATA may still be sent, or be received (RFC 9113, section 6.9). It can fall below zero where the peer
 * lowers INITIAL_WINDOW_SIZE.
 *
 * <p>Threads: the connection's I/O thread.
 */
public final class FlowWindow {
    /** Of streams and connections unless something else was announced (RFC 9113, section 6.9.2). */
    public static final int INITIAL = 65_535;

    static final long MAX_SIZE = Integer.MAX_VALUE;

    // Mutable state
    private long size;

    public FlowWindow(long size) {
        this.size = size;
    }

    /** The bytes that are left; negative or 0: none. */
    public long size() {
        return size;
    }

    public void use(long bytes) {
        size -= bytes;
    }

    /** Widens it, or narrows it; returns false where it would be wider than the RFC allows. */
    public boolean widen(long bytes) {
        size += bytes;
        return size <= MAX_SIZE;
    }
}
