package dev.fnwatchdog.undertow;

import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.metrics.LabelledCounter;
import dev.fnwatchdog.core.metrics.MetricsRegistry;
import dev.fnwatchdog.undertow.internal.invocation.TimeoutKind;
import java.util.function.IntSupplier;

/**
 * The metrics for operators that every mode has (specification 2.16). They stay when the function is replaced.
 *
 * <p>Threads: any.
 */
final class WatchdogMetrics {
    private static final double NANOS_PER_SECOND = 1e9;

    private final long startNanos = System.nanoTime();
    private final LabelledCounter<TimeoutKind> timeouts;

    // Mutable state
    private volatile double readySeconds = Double.NaN;

    WatchdogMetrics(MetricsRegistry registry, WatchdogLog log, int maxInflight, IntSupplier waiting) {
        this.timeouts = registry.shared(
                "watchdog_timeouts_total", "timeouts of requests that have expired", "kind", TimeoutKind.class);
        registry.gauge(
                "watchdog_max_inflight", "requests that may be served at once; 0 is no limit", () -> maxInflight);
        registry.gauge("watchdog_requests_waiting", "requests that wait until they may be served", waiting::getAsInt);
        registry.gauge(
                "watchdog_ready_seconds",
                "seconds from the start of the watchdog until it was ready",
                () -> readySeconds);
        registry.counter(
                "watchdog_log_lines_dropped_total",
                "log lines that were dropped because their reader was too slow",
                log::droppedLines);
    }

    /** A timeout of a request has expired. */
    void timeoutExpired(TimeoutKind kind) {
        timeouts.increment(kind);
    }

    /** The watchdog and its function can serve. Called once. */
    void ready() {
        readySeconds = (System.nanoTime() - startNanos) / NANOS_PER_SECOND;
    }
}
