package dev.fnwatchdog.core.limit;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The permits of requests that are served at once, and the queue of those that wait for one ({@code max_inflight} with {@code
 * max_waiting}, specification 7.1 to 7.3; {@code handler_concurrency}, 5.19). The limit is exact, and requests get permits in
 * order of arrival.
 *
 * <p>Threads: any; no method blocks.
 */
public final class ConcurrencyLimit {
    private final int max;
    private final int maxWaiting;
    // In order of arrival; under this object's lock.
    @GuardedBy("this")
    private final Set<Permit> queue = new LinkedHashSet<>();

    // Mutable state, under this object's lock
    @GuardedBy("this")
    private int held;

    @GuardedBy("this")
    private boolean closed;

    /**
     * Creates a limit.
     *
     * @param max the most permits at once, 0 or more; 0: no limit, and nothing is counted
     * @param maxWaiting the most requests that wait, 0 or more
     */
    public ConcurrencyLimit(int max, int maxWaiting) {
        if (max < 0 || maxWaiting < 0) {
            throw new IllegalArgumentException(
                    "a limit of %d requests, and %d that wait: expected 0 or more".formatted(max, maxWaiting));
        }
        this.max = max;
        this.maxWaiting = maxWaiting;
    }

    /** How the attempt to get a permit has ended. */
    public enum Outcome {
        /** The request has its permit. */
        GRANTED,
        /** The request waits: a decision follows. */
        QUEUED,
        /** All permits are taken, and the queue is full. */
        REFUSED
    }

    /**
     * Acquires a permit, or a place in the queue for one.
     *
     * @param whenDecided runs once, where the outcome is {@code QUEUED} and the request does not leave the queue by itself:
     *     with the permit on the thread that released it, or without one on the thread that calls {@link #close()}. It must not
     *     block
     */
    public Permit acquire(Runnable whenDecided) {
        if (max == 0) {
            return new Permit(Outcome.GRANTED, whenDecided);
        }
        synchronized (this) {
            if (held < max) {
                held++;
                return new Permit(Outcome.GRANTED, whenDecided);
            }
            if (closed || queue.size() >= maxWaiting) {
                return new Permit(Outcome.REFUSED, whenDecided);
            }
            Permit queued = new Permit(Outcome.QUEUED, whenDecided);
            queue.add(queued);
            return queued;
        }
    }

    /** Refuses all requests that wait, and from now on those that would have to wait. */
    public void close() {
        List<Permit> refused;
        synchronized (this) {
            closed = true;
            refused = new ArrayList<>(queue);
            queue.clear();
            refused.forEach(permit -> permit.state = Permit.State.ENDED);
        }
        refused.forEach(permit -> permit.whenDecided.run());
    }

    /** Whether the next request would be refused. */
    public synchronized boolean isReached() {
        return max != 0 && held >= max && (closed || queue.size() >= maxWaiting);
    }

    /** Returns the most permits at once; 0: no limit. */
    public int max() {
        return max;
    }

    /** Returns the number of permits that are held; 0 where there is no limit. */
    public synchronized int held() {
        return held;
    }

    /** Returns the number of requests that wait. */
    public synchronized int waiting() {
        return queue.size();
    }

    /** A permit, a place in the queue for one, or a refusal. */
    public final class Permit {
        private enum State {
            WAITING,
            HELD,
            /** Released, refused, or gone from the queue. */
            ENDED
        }

        private final Outcome outcome;
        private final Runnable whenDecided;

        // Mutable state, under the lock of the outer object. @GuardedBy cannot say that of another permit of the same
        // limit.
        private State state;

        private Permit(Outcome outcome, Runnable whenDecided) {
            this.outcome = outcome;
            this.whenDecided = whenDecided;
            this.state = switch (outcome) {
                case GRANTED -> State.HELD;
                case QUEUED -> State.WAITING;
                case REFUSED -> State.ENDED;
            };
        }

        /** Returns how {@link #acquire} ended; this never changes. */
        public Outcome outcome() {
            return outcome;
        }

        /** Returns whether the request has its permit now. */
        public boolean isHeld() {
            synchronized (ConcurrencyLimit.this) {
                return state == State.HELD;
            }
        }

        /** Releases the permit, or leaves the queue. Without effect when called again: a request may end in several ways at once. */
        public void release() {
            Permit next = null;
            synchronized (ConcurrencyLimit.this) {
                if (state == State.WAITING) {
                    queue.remove(this);
                } else if (state == State.HELD && max != 0) {
                    next = passOn();
                }
                state = State.ENDED;
            }
            if (next != null) {
                next.whenDecided.run();
            }
        }

        /** Gives the permit to the first in the queue; returns null where none waits. */
        @GuardedBy("ConcurrencyLimit.this")
        private @Nullable Permit passOn() {
            Iterator<Permit> first = queue.iterator();
            if (!first.hasNext()) {
                held--;
                return null;
            }
            Permit next = first.next();
            first.remove();
            next.state = State.HELD;
            return next;
        }
    }
}
