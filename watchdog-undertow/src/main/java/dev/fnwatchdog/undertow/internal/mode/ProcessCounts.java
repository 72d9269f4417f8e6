package dev.fnwatchdog.undertow.internal.mode;

import dev.fnwatchdog.core.metrics.LabelledCounter;
import dev.fnwatchdog.core.metrics.MetricsRegistry;
import java.util.concurrent.atomic.LongAdder;

/** Counts the starts and ends of function processes for the metrics (specification 2.16). Threads: any. */
public final class ProcessCounts {
    private final LongAdder starts;
    private final LabelledCounter<ProcessEnd> exits;

    /** Continues the counts of an older version of the function. */
    public ProcessCounts(MetricsRegistry registry) {
        this.starts = registry.shared("watchdog_function_starts_total", "function processes that were started");
        this.exits = registry.shared(
                "watchdog_function_exits_total", "function processes that have ended", "reason", ProcessEnd.class);
    }

    public void started() {
        starts.increment();
    }

    public void ended(ProcessEnd reason) {
        exits.increment(reason);
    }
}
