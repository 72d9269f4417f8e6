package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.undertow.internal.io.IoLoop;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.Timer;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The limits {@code read_timeout} and {@code write_timeout} of one invocation (specification 1.17, 1.18).
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
final class BodyTimeouts {
    /** What the limits are measured by. */
    enum Measure {
        /** The time of a whole body. */
        WHOLE,
        /** The time without a byte in either direction (specification 3.52). */
        IDLE
    }

    private final IoLoop loop;
    private final Timeouts limits;
    private final Measure measure;
    private final Consumer<TimeoutKind> expired;

    // Mutable state
    private long lastByteNanos;

    /** @param expired counts the timeouts of all requests */
    BodyTimeouts(IoLoop loop, Timeouts limits, Measure measure, Consumer<TimeoutKind> expired) {
        this.loop = loop;
        this.limits = limits;
        this.measure = measure;
        this.expired = expired;
        bytePassed();
    }

    /** Counts a timeout that has expired. */
    void count(TimeoutKind kind) {
        expired.accept(kind);
    }

    /** Called when bytes of a body have passed in either direction. */
    void bytePassed() {
        if (measure == Measure.IDLE) {
            lastByteNanos = System.nanoTime();
        }
    }

    /**
     * Starts {@code read_timeout}; returns null where there is none.
     *
     * @param from a moment of {@link System#nanoTime()}
     */
    @Nullable
    Running startRead(long from, Runnable onExpiry) {
        return limits.read().isZero() ? null : new Running(TimeoutKind.READ, limits.read(), from, onExpiry);
    }

    /** Starts {@code write_timeout}; returns null where there is none. */
    @Nullable
    Running startWrite(Runnable onExpiry) {
        return limits.write().isZero()
                ? null
                : new Running(TimeoutKind.WRITE, limits.write(), System.nanoTime(), onExpiry);
    }

    /** One limit that runs. */
    final class Running {
        private final TimeoutKind kind;
        private final long limit;
        private final Runnable onExpiry;

        // Mutable state
        private Timer timeout;

        private Running(TimeoutKind kind, Duration limit, long from, Runnable onExpiry) {
            this.kind = kind;
            this.limit = limit.toNanos();
            this.onExpiry = onExpiry;
            this.timeout = loop.after(from, this.limit, this::expired);
        }

        /** Starts again where bytes have passed meanwhile: a timer for each of them would cost more than this one. */
        private void expired() {
            if (measure == Measure.IDLE && System.nanoTime() - lastByteNanos < limit) {
                timeout = loop.after(lastByteNanos, limit, this::expired);
            } else {
                count(kind);
                onExpiry.run();
            }
        }

        void cancel() {
            timeout.cancel();
        }
    }
}
