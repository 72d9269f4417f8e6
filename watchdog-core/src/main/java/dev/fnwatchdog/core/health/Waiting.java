package dev.fnwatchdog.core.health;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** How a shutdown waits; a test passes one that does not. */
@FunctionalInterface
public interface Waiting {
    /**
     * Blocks until {@code over} is true, at the longest for {@code limit}.
     *
     * @throws InterruptedException where the waiting thread is interrupted
     */
    void await(BooleanSupplier over, Duration limit) throws InterruptedException;

    /** Looks again every {@code step}, so that no call has to report its end to a shutdown that may never come. */
    static Waiting polling(Duration step) {
        return (over, limit) -> {
            long end = System.nanoTime() + limit.toNanos();
            long left = limit.toNanos();
            while (left > 0 && !over.getAsBoolean()) {
                TimeUnit.NANOSECONDS.sleep(Math.min(left, step.toNanos()));
                left = end - System.nanoTime();
            }
        };
    }
}
