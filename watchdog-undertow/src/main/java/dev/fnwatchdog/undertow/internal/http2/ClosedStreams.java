package dev.fnwatchdog.undertow.internal.http2;

/**
 * Records how the most recently closed streams ended; older ones are forgotten. Frames in transit have another meaning after a
 * local reset than after the peer's own end (RFC 9113 5.1).
 *
 * <p>Threads: the connection's I/O thread.
 */
public final class ClosedStreams {
    private static final int CAPACITY = 256;

    /** How a stream ended. */
    public enum End {
        UNKNOWN,
        ENDED_BY_PEER,
        RESET_LOCALLY
    }

    private final int[] streams = new int[CAPACITY];
    private final boolean[] resetLocally = new boolean[CAPACITY];

    // Mutable state
    private int next;

    void add(int stream, End end) {
        streams[next] = stream;
        resetLocally[next] = end == End.RESET_LOCALLY;
        next = (next + 1) % CAPACITY;
    }

    End of(int stream) {
        for (int i = 0; i < CAPACITY; i++) {
            if (streams[i] == stream) {
                return resetLocally[i] ? End.RESET_LOCALLY : End.ENDED_BY_PEER;
            }
        }
        return End.UNKNOWN;
    }
}
