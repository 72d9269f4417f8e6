package dev.fnwatchdog.undertow.internal.http2;

import java.util.concurrent.TimeUnit;

/**
 * Tells a peer that only makes work from one that is served. A gateway multiplexes thousands of clients, so a number of
 * cancelled streams alone means nothing: each served stream pays for several frames that serve nobody, and some are free
 * each second.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class AbuseMeter {
    private static final double LARGEST_CREDIT = 2_000;
    private static final double FREE_EACH_SECOND = 200;
    private static final double A_SERVED_STREAM_PAYS = 10;
    private static final double A_CANCELLED_STREAM_COSTS = 1;
    private static final double AN_IDLE_FRAME_COSTS = 0.1;

    // Mutable state
    private double credit = LARGEST_CREDIT;
    private long seen;

    /** @param now {@link System#nanoTime()} */
    AbuseMeter(long now) {
        this.seen = now;
    }

    /** A stream got its whole response. */
    void served() {
        credit = Math.min(LARGEST_CREDIT, credit + A_SERVED_STREAM_PAYS);
    }

    /** A stream ended early through the peer: it reset the stream, or broke a rule. True where it has done so too often. */
    boolean cancelled(long now) {
        return spend(A_CANCELLED_STREAM_COSTS, now);
    }

    /** A frame came that moves no stream on. True where there were too many of them. */
    boolean idleFrame(long now) {
        return spend(AN_IDLE_FRAME_COSTS, now);
    }

    private boolean spend(double cost, long now) {
        double free = FREE_EACH_SECOND * (now - seen) / TimeUnit.SECONDS.toNanos(1);
        seen = now;
        credit = Math.min(LARGEST_CREDIT, credit + free) - cost;
        return credit < 0;
    }
}
