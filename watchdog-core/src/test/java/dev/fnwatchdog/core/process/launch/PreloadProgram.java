package dev.fnwatchdog.core.process.launch;

import dev.fnwatchdog.core.fixture.Threads;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A program in its own JVM that preloads the launcher, and prints whether it is loaded once the thread has ended. */
final class PreloadProgram {
    private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(15);

    private PreloadProgram() {}

    public static void main(String[] arguments) {
        LaunchPreload.begin();
        long end = System.nanoTime() + LIMIT_NANOS;
        while (Threads.named("watchdog-preload") > 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        System.out.println(Threads.named("watchdog-preload") + " threads, loaded " + NativeLauncher.asked());
    }
}
