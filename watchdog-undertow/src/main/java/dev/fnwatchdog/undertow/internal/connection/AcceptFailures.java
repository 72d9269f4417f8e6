package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.core.process.posix.DescriptorBudget;
import java.io.IOException;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Reports in the log that connections cannot be accepted, mostly because the process has no descriptors left. A line at
 * the first failure, then at most one a minute.
 *
 * <p>Threads: the acceptor's.
 */
final class AcceptFailures {
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final int port;
    private final Consumer<String> log;
    private final DescriptorBudget descriptors;

    // Mutable state
    private long lastNanos = System.nanoTime() - PAUSE.toNanos();

    AcceptFailures(int port, DescriptorBudget descriptors, Consumer<String> log) {
        this.port = port;
        this.descriptors = descriptors;
        this.log = log;
    }

    void report(IOException failure) {
        long now = System.nanoTime();
        if (now - lastNanos >= PAUSE.toNanos()) {
            lastNanos = now;
            log.accept("Cannot accept connections on port %d: %s (ulimit -n: %s)"
                    .formatted(port, failure.getMessage(), descriptors.describeLimit()));
        }
    }
}
