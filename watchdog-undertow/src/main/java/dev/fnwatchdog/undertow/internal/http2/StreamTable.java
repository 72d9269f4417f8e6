package dev.fnwatchdog.undertow.internal.http2;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one connection. A stream counts against the limit until its exchange is over, not only until it is closed:
 * a peer that resets streams as fast as it opens them has no more of them at work than one that waits.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class StreamTable {
    private final int most;
    private final Map<Integer, Http2Stream> live = new HashMap<>();
    private final Set<Http2Stream> unfinished = new LinkedHashSet<>();
    private final ClosedStreams closed = new ClosedStreams();

    // Mutable state
    private int last;
    private int lastServed;

    /** @param most streams at once */
    StreamTable(int most) {
        this.most = most;
    }

    /** The stream of that number, where frames can still come or go on it. */
    @Nullable
    Http2Stream find(int id) {
        return live.get(id);
    }

    /** Streams on which frames can still come or go. */
    List<Http2Stream> live() {
        return List.copyOf(live.values());
    }

    /** The highest number that the peer has used. */
    int last() {
        return last;
    }

    /** Whether a stream of that number was never opened. */
    boolean isIdle(int id) {
        return id > last || id % 2 == 0;
    }

    boolean isFull() {
        return unfinished.size() >= most;
    }

    /** Whether no exchange is under way. */
    boolean isEmpty() {
        return unfinished.isEmpty();
    }

    /** The peer has used the number, and all below it. */
    void markUsed(int id) {
        last = id;
    }

    /** The highest number of a stream that is or was served. */
    int lastServed() {
        return lastServed;
    }

    void add(Http2Stream stream) {
        lastServed = stream.id();
        live.put(stream.id(), stream);
        unfinished.add(stream);
    }

    /** No frame comes or goes on it any more. */
    void close(int id, ClosedStreams.End how) {
        live.remove(id);
        closed.add(id, how);
    }

    /** How a stream ended that is neither live nor idle. */
    ClosedStreams.End endOf(int id) {
        return closed.of(id);
    }

    /** Its exchange is over. */
    void finished(Http2Stream stream) {
        unfinished.remove(stream);
    }

    /** The streams whose exchanges are not over. */
    List<Http2Stream> unfinished() {
        return List.copyOf(unfinished);
    }
}
