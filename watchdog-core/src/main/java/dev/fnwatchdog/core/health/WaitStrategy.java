package dev.fnwatchdog.core.health;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** How a shutdown waits; a test passes one that does not. */
@FunctionalInterface
public interface WaitStrategy {
    /** Some 292 years; what is longer cannot be counted in nanoseconds. */
    Duration MAX = Duration.ofNanos(Long.MAX_VALUE);

    /**
     * Blocks until {@code over} is true, at the longest for {@code limit}.
     *
     * @throws InterruptedException where the waiting thread is interrupted
     */
    void await(BooleanSupplier over, Duration limit) throws InterruptedException;

    /** Looks again every {@code step}, so that no call has to report its end to a shutdown that may never come. */
    static WaitStrategy polling(Duration step) {
        return (over, limit) -> {
            long nanos = limit.compareTo(MAX) < 0 ? limit.toNanos() : Long.MAX_VALUE;
            long end = System.nanoTime() + nanos;
            for (long left = nanos; left > 0 && !over.getAsBoolean(); left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.sleep(Math.min(left, step.toNanos()));
            }
        };
    }
}
