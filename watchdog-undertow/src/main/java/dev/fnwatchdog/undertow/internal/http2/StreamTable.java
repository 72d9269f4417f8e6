package dev.fnwatchdog.undertow.internal.http2;

import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one connection. A stream counts towards the limit until its exchange has ended, not only until it is closed: a
 * peer that resets streams as soon as it opens them occupies no more of them than any other (specification 9.10).
 *
 * <p>Threads: the connection's I/O thread.
 */
public final class StreamTable {
    private final int maxStreams;
    private final Map<Integer, Http2Stream> live = new HashMap<>();
    private final Set<Http2Stream> unfinished = new LinkedHashSet<>();
    private final ClosedStreams closed = new ClosedStreams();

    // Mutable state
    private int last;
    private int lastServed;

    /** @param maxStreams the limit of concurrent streams */
    StreamTable(int maxStreams) {
        this.maxStreams = maxStreams;
    }

    /** Returns the stream of that number, where frames can still be sent or received on it. */
    public @Nullable Http2Stream find(int id) {
        return live.get(id);
    }

    /** Returns the number of streams on which frames can still be sent or received. */
    public int liveCount() {
        return live.size();
    }

    /** Returns the number of streams whose exchanges have not ended. */
    public int unfinishedCount() {
        return unfinished.size();
    }

    /** Returns the streams on which frames can still be sent or received. */
    public List<Http2Stream> live() {
        return List.copyOf(live.values());
    }

    /** Returns the highest number that was used. */
    public int last() {
        return last;
    }

    /** Returns whether no stream of that number was ever opened. */
    public boolean isIdle(int id) {
        return id > last || id % 2 == 0;
    }

    public boolean isFull() {
        return unfinished.size() >= maxStreams;
    }

    /** Returns whether no exchange is in progress. */
    public boolean isEmpty() {
        return unfinished.isEmpty();
    }

    /** Marks the number and all below it as used. */
    public void markUsed(int id) {
        last = id;
    }

    /** Returns the highest number of a stream that is or was served. */
    int lastServed() {
        return lastServed;
    }

    public void add(Http2Stream stream) {
        lastServed = stream.id();
        live.put(stream.id(), stream);
        unfinished.add(stream);
    }

    /** Closes a stream: no frame is sent or received on it any more. */
    void close(int id, ClosedStreams.End end) {
        live.remove(id);
        closed.add(id, end);
    }

    /** Returns how a stream ended that is neither live nor idle. */
    public ClosedStreams.End endOf(int id) {
        return closed.of(id);
    }

    /** Removes a stream whose exchange has ended; returns false where it was removed before. */
    public boolean finished(Http2Stream stream) {
        return unfinished.remove(stream);
    }

    /** Returns the streams whose exchanges have not ended. */
    List<Http2Stream> unfinished() {
        return List.copyOf(unfinished);
    }
}
