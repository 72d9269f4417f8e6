package dev.fnwatchdog.core.metrics;

/**
 * Loads the Prometheus library's hundred classes in advance.
 *
 * <p>Threads: one that has nothing else to do while the other parts of a program start.
 */
public final class MetricsPreload {
    private MetricsPreload() {}

    /** Loads them; takes tens of milliseconds. */
    public static void load() {
        try {
            new RequestMetrics(new MetricsRegistry(MetricsSettings.load()));
        } catch (InvalidMetricsSettingsException ignored) {
            // The startup loads the same settings and reports the reason.
        }
    }
}
