package dev.fnwatchdog.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for what other threads and processes bring about, for at most ten seconds. */
public final class Eventually {
    private static final long LIMIT_NANOS = 10_000_000_000L;
    private static final long PAUSE_NANOS = 2_000_000;

    private Eventually() {}

    public static void isTrue(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + LIMIT_NANOS;
        while (!condition.call() && System.nanoTime() < end) {
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        assertThat(condition.call()).as(what).isTrue();
    }
}
