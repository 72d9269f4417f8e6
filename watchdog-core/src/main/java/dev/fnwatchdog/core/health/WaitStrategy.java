package dev.fnwatchdog.core.health;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** How a shutdown waits; a test uses one that does not wait. */
@FunctionalInterface
public interface WaitStrategy {
    /** About 292 years; longer durations cannot be counted in nanoseconds. */
    Duration MAX = Duration.ofNanos(Long.MAX_VALUE);

    /**
     * Blocks until {@code done} is true, for at most {@code timeout}.
     *
     * @throws InterruptedException if the waiting thread is interrupted
     */
    void await(BooleanSupplier done, Duration timeout) throws InterruptedException;

    /** Polls every {@code step}, because requests need not report their end to a shutdown that may never come. */
    static WaitStrategy polling(Duration step) {
        return (done, timeout) -> {
            long nanos = timeout.compareTo(MAX) < 0 ? timeout.toNanos() : Long.MAX_VALUE;
            long end = System.nanoTime() + nanos;
            for (long left = nanos; left > 0 && !done.getAsBoolean(); left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.sleep(Math.min(left, step.toNanos()));
            }
        };
    }
}
