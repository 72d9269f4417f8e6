package dev.fnwatchdog.undertow;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what has no event of its own. */
final class Poll {
    private static final long STEP_NANOS = Duration.ofMillis(2).toNanos();

    private Poll() {}

    /** Returns once {@code condition} holds; an exception in it counts as not yet. Fails when the time is over. */
    static void until(Duration limit, Callable<Boolean> condition) {
        long end = System.nanoTime() + limit.toNanos();
        Exception last = null;
        while (System.nanoTime() - end < 0) {
            try {
                if (condition.call()) {
                    return;
                }
                last = null;
            } catch (Exception e) {
                last = e;
            }
            LockSupport.parkNanos(STEP_NANOS);
        }
        throw new AssertionError("not within " + limit, last);
    }
}
