package dev.fnwatchdog.undertow.internal.http2;

/**
 * How the streams ended that ended last: frames that were under way meanwhile mean something else after a reset of ours than
 * after the peer's own end (RFC 9113, section 5.1). Older ones are forgotten.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class ClosedStreams {
    private static final int KEPT = 256;

    /** How a stream ended. */
    enum End {
        UNKNOWN,
        ENDED_BY_PEER,
        RESET_LOCALLY
    }

    private final int[] streams = new int[KEPT];
    private final boolean[] resetByUs = new boolean[KEPT];

    // Mutable state
    private int next;

    void add(int stream, End end) {
        streams[next] = stream;
        resetByUs[next] = end == End.RESET_LOCALLY;
        next = (next + 1) % KEPT;
    }

    End of(int stream) {
        for (int i = 0; i < KEPT; i++) {
            if (streams[i] == stream) {
                return resetByUs[i] ? End.RESET_LOCALLY : End.ENDED_BY_PEER;
            }
        }
        return End.UNKNOWN;
    }
}
