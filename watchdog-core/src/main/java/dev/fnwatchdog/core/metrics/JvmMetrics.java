package dev.fnwatchdog.core.metrics;

import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.util.List;

/**
 * Metrics of the JVM, under the names of Prometheus' own JVM metrics (specification 2.15). The first call loads
 * {@code java.management}, which takes some tens of milliseconds: do not use this class before the first scrape.
 */
final class JvmMetrics {
    private JvmMetrics() {}

    static List<MetricSnapshot> snapshots() {
        return List.of(memory(), threads(), collections());
    }

    private static MetricSnapshot memory() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        return GaugeSnapshot.builder()
                .name("jvm_memory_used_bytes")
                .help("memory in use by the JVM, in bytes")
                .dataPoint(area("heap", memory.getHeapMemoryUsage().getUsed()))
                .dataPoint(area("nonheap", memory.getNonHeapMemoryUsage().getUsed()))
                .build();
    }

    private static GaugeDataPointSnapshot area(String area, long bytes) {
        return GaugeDataPointSnapshot.builder()
                .labels(Labels.of("area", area))
                .value((double) bytes)
                .build();
    }

    private static MetricSnapshot threads() {
        return MetricsRegistry.gaugeOf(
                "jvm_threads_current",
                "live threads of the JVM",
                ManagementFactory.getThreadMXBean().getThreadCount());
    }

    private static MetricSnapshot collections() {
        SummarySnapshot.Builder summary = SummarySnapshot.builder()
                .name("jvm_gc_collection_seconds")
                .help("garbage collections and the seconds that they took");
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            // -1 if a collector does not count.
            summary.dataPoint(SummaryDataPointSnapshot.builder()
                    .labels(Labels.of("gc", collector.getName()))
                    .count(Math.max(0, collector.getCollectionCount()))
                    .sum(Math.max(0, collector.getCollectionTime()) / 1000.0)
                    .build());
        }
        return summary.build();
    }
}
