package dev.fnwatchdog.undertow.internal.http2.frame;

/**
 * A flow-control window: how many bytes of DATA may be sent or received (RFC 9113 6.9). It can fall below zero where the peer
 * lowers INITIAL_WINDOW_SIZE.
 *
 * <p>Threads: the connection's I/O thread.
 */
public final class FlowWindow {
    /** The initial size for streams and connections in bytes, unless another was announced (RFC 9113 6.9.2). */
    public static final int INITIAL = 65_535;

    static final long MAX_SIZE = Integer.MAX_VALUE;

    // Mutable state
    private long size;

    public FlowWindow(long size) {
        this.size = size;
    }

    /** Returns the bytes that remain; negative or 0: none. */
    public long size() {
        return size;
    }

    public void use(long bytes) {
        size -= bytes;
    }

    /** Widens or narrows the window; returns false where it would exceed the limit of the RFC. */
    public boolean widen(long bytes) {
        size += bytes;
        return size <= MAX_SIZE;
    }
}
