package dev.fnwatchdog.core.limit;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * Counts the calls in flight and refuses those beyond {@code max_inflight}, exactly (contract 7).
 *
 * <p>Threads: any; nothing here blocks.
 */
public final class ConcurrencyLimit {
    private final int max;
    private final int places;
    private final AtomicInteger inFlight = new AtomicInteger();

    /** Takes the most calls at once; 0 refuses none and still counts. */
    public ConcurrencyLimit(int max) {
        if (max < 0) {
            throw new IllegalArgumentException("a limit of " + max + " calls: expected 0 (none) or more");
        }
        this.max = max;
        this.places = max == 0 ? Integer.MAX_VALUE : max;
    }

    /** Takes a place, or nothing where all are taken. */
    public Optional<Permit> tryAcquire() {
        // A loop of its own and not getAndUpdate: its operator would be an object more for each call.
        int taken = inFlight.get();
        while (taken < places) {
            if (inFlight.weakCompareAndSetVolatile(taken, taken + 1)) {
                return Optional.of(new Permit(inFlight));
            }
            taken = inFlight.get();
        }
        return Optional.empty();
    }

    /** Whether the next call would be refused. */
    public boolean isReached() {
        return inFlight.get() >= places;
    }

    /** The limit as it was configured, 0 for none. */
    public int max() {
        return max;
    }

    /** Calls that hold a place now; never more than {@link #max()} where there is one. */
    public int inFlight() {
        return inFlight.get();
    }

    /** One taken place. */
    public static final class Permit {
        // An updater and not an AtomicBoolean: one object less for each call.
        private static final AtomicIntegerFieldUpdater<Permit> RELEASED =
                AtomicIntegerFieldUpdater.newUpdater(Permit.class, "released");

        private final AtomicInteger inFlight;

        @SuppressWarnings("UnusedVariable") // read and written by RELEASED
        private volatile int released;

        private Permit(AtomicInteger inFlight) {
            this.inFlight = inFlight;
        }

        /** Gives the place back; a second call does nothing, since a call may end in several ways at once. */
        public void release() {
            if (RELEASED.compareAndSet(this, 0, 1)) {
                inFlight.decrementAndGet();
            }
        }
    }
}
