package dev.fnwatchdog.core.metrics;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The metrics of a function that runs in the watchdog's JVM (specification 2.18). They never displace the watchdog's, nor can they prevent
 * the page.
 *
 * <p>Threads: any.
 */
final class FunctionMetrics {
    private final PrometheusRegistry registry;
    private final Consumer<String> warnings;
    private final Set<String> reported = ConcurrentHashMap.newKeySet();

    FunctionMetrics(PrometheusRegistry registry, Consumer<String> warnings) {
        this.registry = registry;
        this.warnings = warnings;
    }

    void addTo(PageFamilies page) {
        List<String> unreported = new ArrayList<>(new TreeSet<>(page.add(scrape())));
        unreported.removeIf(name -> !reported.add(name));
        if (!unreported.isEmpty()) {
            warnings.accept(
                    "Metrics of the function are omitted, because the watchdog has metrics with the same names: "
                            + String.join(", ", unreported));
        }
    }

    private MetricSnapshots scrape() {
        try {
            return registry.scrape();
        } catch (RuntimeException | LinkageError failure) {
            // Code of the function computes some values.
            warnings.accept("The function's metrics are omitted, because one of them failed: " + failure);
            return new MetricSnapshots();
        }
    }

    /** Removes the metrics of the older version of the function; the newer one registers its own under the same names. */
    void clear() {
        registry.clear();
        reported.clear();
    }
}
