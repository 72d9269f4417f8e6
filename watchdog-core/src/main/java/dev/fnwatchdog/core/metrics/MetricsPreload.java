package dev.fnwatchdog.core.metrics;

/**
 * Loads the Prometheus library's hundred classes on a thread of its own, while the other parts of a program start.
 *
 * <p>Threads: {@link #begin} starts one, which ends by itself within the startup.
 */
public final class MetricsPreload {
    private MetricsPreload() {}

    /** Begins to load. Does nothing with a single processor, which would only change between the threads. */
    public static void begin() {
        if (Runtime.getRuntime().availableProcessors() > 1) {
            Thread thread = new Thread(MetricsPreload::load, "watchdog-metrics-preload");
            thread.setDaemon(true);
            thread.start();
        }
    }

    private static void load() {
        try {
            new RequestMetrics(new MetricsRegistry(MetricsSettings.load()));
        } catch (InvalidMetricsSettingsException ignored) {
            // The startup loads the same settings and reports the reason.
        }
    }
}
