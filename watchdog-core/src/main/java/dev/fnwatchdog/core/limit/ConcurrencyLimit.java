package dev.fnwatchdog.core.limit;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * Counts requests in flight and refuses those beyond {@code max_inflight} (specification 7.1, 7.2). The limit is exact.
 *
 * <p>Threads: any; never blocks.
 */
public final class ConcurrencyLimit {
    private final int max;
    private final int permits;
    private final AtomicInteger inFlight = new AtomicInteger();

    /** Creates a limit of {@code max} requests at once; with 0, requests are counted and none is refused. */
    public ConcurrencyLimit(int max) {
        if (max < 0) {
            throw new IllegalArgumentException("a limit of " + max + " calls: expected 0 (none) or more");
        }
        this.max = max;
        this.permits = max == 0 ? Integer.MAX_VALUE : max;
    }

    /** Acquires a permit; empty if all are taken. */
    public Optional<Permit> tryAcquire() {
        // A loop instead of getAndUpdate, whose operator would be one more object per request.
        int taken = inFlight.get();
        while (taken < permits) {
            if (inFlight.weakCompareAndSetVolatile(taken, taken + 1)) {
                return Optional.of(new Permit(inFlight));
            }
            taken = inFlight.get();
        }
        return Optional.empty();
    }

    /** Whether the next request would be refused. */
    public boolean isReached() {
        return inFlight.get() >= permits;
    }

    /** Returns the configured limit; 0: no limit. */
    public int max() {
        return max;
    }

    /** Returns the number of requests that hold a permit; never more than {@link #max()} if that is not 0. */
    public int inFlight() {
        return inFlight.get();
    }

    /** One acquired permit. */
    public static final class Permit {
        // An updater instead of an AtomicBoolean: one object less per request.
        private static final AtomicIntegerFieldUpdater<Permit> RELEASED =
                AtomicIntegerFieldUpdater.newUpdater(Permit.class, "released");

        private final AtomicInteger inFlight;

        @SuppressWarnings("UnusedVariable") // read and written by RELEASED
        private volatile int released;

        private Permit(AtomicInteger inFlight) {
            this.inFlight = inFlight;
        }

        /** Releases the permit. A second release does nothing, because a request may end in several ways at once. */
        public void release() {
            if (RELEASED.compareAndSet(this, 0, 1)) {
                inFlight.decrementAndGet();
            }
        }
    }
}
