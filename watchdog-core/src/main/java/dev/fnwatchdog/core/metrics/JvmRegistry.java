package dev.fnwatchdog.core.metrics;

import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

/**
 * The metrics of this process and its JVM (specification 2.15). All watchdogs of a JVM have them in common: the library observes the
 * garbage collectors for as long as the JVM runs. The first call loads {@code java.management}, which takes some tens of
 * milliseconds: do not use this class before the first scrape.
 *
 * <p>Threads: any.
 */
final class JvmRegistry {
    private static final PrometheusRegistry SHARED = new PrometheusRegistry();

    private JvmRegistry() {}

    /** @param settings of the first caller, which are those of the JVM */
    static PrometheusRegistry shared(MetricsSettings settings) {
        // Does nothing when called again.
        JvmMetrics.builder(settings.properties()).register(SHARED);
        return SHARED;
    }
}
