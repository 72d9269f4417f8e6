package dev.fnwatchdog.undertow.internal.http2;

import java.util.concurrent.TimeUnit;

/**
 * Tells a peer that only makes work from one that is served. A gateway multiplexes thousands of clients, so a number of
 * cancelled streams alone means nothing: each served stream pays for several that are cancelled and for frames that move
 * nothing on, and some are free each second.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class AbuseMeter {
    private static final double CANCELLED_STREAMS = 2_000;
    private static final double IDLE_FRAMES = 20_000;

    private final Credit forCancelled = new Credit(CANCELLED_STREAMS);
    private final Credit forIdle = new Credit(IDLE_FRAMES);

    /** A stream got its whole response. */
    void served() {
        forCancelled.pay();
        forIdle.pay();
    }

    /** A stream ended early through the peer: it reset the stream, or broke a rule. True where it has done so too often. */
    boolean cancelled(long now) {
        return forCancelled.spend(now);
    }

    /** A frame came that moves no stream on. True where there were too many of them. */
    boolean idleFrame(long now) {
        return forIdle.spend(now);
    }

    /** A tenth of it is free each second; a served stream pays a two-hundredth. */
    private static final class Credit {
        private static final double FREE_EACH_SECOND = 0.1;
        private static final double SERVED_STREAM = 0.005;

        private final double most;

        // Mutable state
        private double left;
        private long seen = System.nanoTime();

        Credit(double most) {
            this.most = most;
            this.left = most;
        }

        void pay() {
            left = Math.min(most, left + SERVED_STREAM * most);
        }

        boolean spend(long now) {
            double free = most * FREE_EACH_SECOND * (now - seen) / TimeUnit.SECONDS.toNanos(1);
            seen = now;
            left = Math.min(most, left + free) - 1;
            return left < 0;
        }
    }
}
