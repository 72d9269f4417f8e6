package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.core.config.GoDuration;
import dev.fnwatchdog.core.log.WatchdogLog;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Reports a function that is awaited (specification 3.3): after 1 s, after 5 s, and then every 30 s, and once when it listens
 * after such a line.
 *
 * <p>Threads: one I/O thread.
 */
final class StartupWaitLog {
    private static final long FIRST_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final String authority;
    private final WatchdogLog log;
    private final long start;

    // Mutable state
    private int printed;
    private boolean hostReported;
    private String reason = "no reply yet";

    /**
     * Creates the log of one function.
     *
     * @param authority host and port
     * @param start {@link System#nanoTime()} at the start of the function
     */
    StartupWaitLog(String authority, WatchdogLog log, long start) {
        this.authority = authority;
        this.log = log;
        this.start = start;
    }

    /** Returns how long it is to the next line; 0 where it is due. */
    long nanosToNextLine(long now) {
        long due = switch (printed) {
            case 0 -> FIRST_NANOS;
            case 1 -> SECOND_NANOS;
            default -> SECOND_NANOS + (printed - 1) * INTERVAL_NANOS;
        };
        return Math.max(0, start + due - now);
    }

    void printLine() {
        printed++;
        log.warn("Waiting for the function: nothing accepts connections at %s (%s); check http_upstream_url"
                .formatted(authority, reason));
    }

    /** Records why the last attempt has failed. */
    void failed(String lastReason) {
        reason = lastReason;
    }

    /** Records that the host's name was not found, and reports that once (specification 1.14). */
    void hostNotFound(String lastReason) {
        reason = lastReason;
        if (!hostReported) {
            hostReported = true;
            log.warn("http_upstream_url: %s; the lookup is repeated".formatted(lastReason));
        }
    }

    /** Reports that the function listens, where it was reported missing before. */
    void accepted(long now) {
        if (printed > 0) {
            long millis = TimeUnit.NANOSECONDS.toMillis(now - start);
            log.info("The function accepts connections at %s, after %s"
                    .formatted(authority, GoDuration.format(Duration.ofMillis(millis))));
        }
    }
}
