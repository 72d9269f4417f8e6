package dev.fnwatchdog.undertow.internal.http2;

import java.util.concurrent.TimeUnit;

/**
 * Detects a peer that only causes work (specification 9.16). A gateway multiplexes thousands of clients, so the number of
 * cancelled streams alone is no evidence. Each served stream earns credit for cancelled streams and for idle frames, and some
 * credit is added each second.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class AbuseMeter {
    private static final double CANCELLED_STREAMS = 2_000;
    private static final double IDLE_FRAMES = 20_000;

    private final Credit cancelledCredit = new Credit(CANCELLED_STREAMS);
    private final Credit idleCredit = new Credit(IDLE_FRAMES);

    /** Counts a stream that got its whole response. */
    void served() {
        cancelledCredit.earn();
        idleCredit.earn();
    }

    /**
     * Counts a stream that the peer reset, or that ended by a protocol error. Returns true where there are too many of them.
     */
    boolean cancelled(long now) {
        return cancelledCredit.spend(now);
    }

    /** Counts a frame without progress for any stream. Returns true where there are too many of them. */
    boolean idleFrame(long now) {
        return idleCredit.spend(now);
    }

    /** A credit that regains a tenth of its maximum each second, and a two-hundredth with each served stream. */
    private static final class Credit {
        private static final double FREE_EACH_SECOND = 0.1;
        private static final double SERVED_STREAM = 0.005;

        private final double max;

        // Mutable state
        private double remaining;
        private long updated = System.nanoTime();

        Credit(double max) {
            this.max = max;
            this.remaining = max;
        }

        void earn() {
            remaining = Math.min(max, remaining + SERVED_STREAM * max);
        }

        boolean spend(long now) {
            double regained = max * FREE_EACH_SECOND * (now - updated) / TimeUnit.SECONDS.toNanos(1);
            updated = now;
            remaining = Math.min(max, remaining + regained) - 1;
            return remaining < 0;
        }
    }
}
