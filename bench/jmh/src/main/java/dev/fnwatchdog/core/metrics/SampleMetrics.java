package dev.fnwatchdog.core.metrics;

/** Metrics with the library's own settings, for benchmarks. */
public final class SampleMetrics {
    private SampleMetrics() {}

    /** Returns a new registry. */
    public static MetricsRegistry registry() {
        try {
            return new MetricsRegistry(MetricsSettings.load());
        } catch (InvalidMetricsSettingsException e) {
            throw new IllegalStateException(e);
        }
    }
}
