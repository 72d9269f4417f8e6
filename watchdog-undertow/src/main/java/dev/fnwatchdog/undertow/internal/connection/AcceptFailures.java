package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.core.process.posix.DescriptorBudget;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Logs that connections cannot be accepted, mostly because the process has no file descriptors left (specification
 * 7.25): one line at the first failure, then at most one a minute.
 *
 * <p>Threads: the acceptor's.
 */
final class AcceptFailures {
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

    private final int port;
    private final Consumer<String> log;
    private final DescriptorBudget descriptors;

    // Mutable state
    private long lastNanos = System.nanoTime() - LOG_INTERVAL.toNanos();

    /** Uses {@code descriptors} to name the limit, which cannot be read once it is reached. */
    AcceptFailures(int port, DescriptorBudget descriptors, Consumer<String> log) {
        this.port = port;
        this.descriptors = descriptors;
        this.log = log;
    }

    void report(IOException failure) {
        long now = System.nanoTime();
        if (now - lastNanos >= LOG_INTERVAL.toNanos()) {
            lastNanos = now;
            log.accept("Cannot accept connections on port %d: %s (ulimit -n: %s)"
                    .formatted(port, failure.getMessage(), descriptors.describeLimit()));
        }
    }
}
