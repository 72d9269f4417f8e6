package dev.fnwatchdog.undertow.internal.devpage;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The last requests that have ended.
 *
 * <p>Threads: any.
 */
final class RecentRequests {
    static final int MAX = 100;

    // Mutable state, under this object's lock: the latest first
    @GuardedBy("this")
    private final Deque<RecordedRequest> requests = new ArrayDeque<>(MAX + 1);

    synchronized void add(RecordedRequest request) {
        requests.addFirst(request);
        if (requests.size() > MAX) {
            requests.removeLast();
        }
    }

    /** Returns them, the latest first. */
    synchronized List<RecordedRequest> latest() {
        return List.copyOf(requests);
    }
}
