package dev.fnwatchdog.core.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Everything that one watchdog exposes, its process and JVM included. Each watchdog has one of its own, since several
 * may run in one JVM.
 *
 * <p>Threads: any. Values are read on the thread that scrapes.
 */
public final class MetricsRegistry {
    private static final String PREFIX = "watchdog_";
    private static final String COUNTER_SUFFIX = "_total";

    private final List<Supplier<List<MetricSnapshot>>> sources = new CopyOnWriteArrayList<>();
    private final Map<String, Supplier<List<MetricSnapshot>>> named = new ConcurrentSkipListMap<>();

    public MetricsRegistry() {
        // Not made before the first scrape, which has the time to load what they need.
        add(() -> new ProcessMetrics(Path.of("/proc/self")).snapshots());
        add(() -> JvmMetrics.snapshots());
    }

    /**
     * Adds a gauge whose value is asked for at every scrape.
     *
     * @throws IllegalArgumentException where the name is taken, does not begin with {@code watchdog_} as contract 2
     *     has it, or ends in {@code _total}
     */
    public void gauge(String name, String help, DoubleSupplier value) {
        take(name, !name.endsWith(COUNTER_SUFFIX), () -> List.of(gaugeOf(name, help, value.getAsDouble())));
    }

    /**
     * Adds a counter whose value, which never falls, is asked for at every scrape.
     *
     * @throws IllegalArgumentException where the name is taken, does not begin with {@code watchdog_} as contract 2
     *     has it, or does not end in {@code _total}
     */
    public void counter(String name, String help, DoubleSupplier value) {
        take(name, name.endsWith(COUNTER_SUFFIX), () -> List.of(counterOf(name, help, value.getAsDouble())));
    }

    /** Drops all gauges and counters that were added by name, so that whoever comes next can add them anew, from zero. */
    public void removeNamed() {
        named.clear();
    }

    void add(Supplier<List<MetricSnapshot>> source) {
        sources.add(source);
    }

    MetricSnapshots scrape() {
        return new MetricSnapshots(Stream.concat(sources.stream(), named.values().stream())
                .flatMap(source -> source.get().stream())
                .toList());
    }

    static GaugeSnapshot gaugeOf(String name, String help, double value) {
        return GaugeSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(GaugeDataPointSnapshot.builder().value(value).build())
                .build();
    }

    static CounterSnapshot counterOf(String name, String help, double value) {
        return CounterSnapshot.builder()
                .name(name)
                .help(help)
                .dataPoint(CounterDataPointSnapshot.builder().value(value).build())
                .build();
    }

    private void take(String name, boolean suffixFits, Supplier<List<MetricSnapshot>> value) {
        if (!suffixFits || !name.startsWith(PREFIX)) {
            throw new IllegalArgumentException(
                    "a metric named %s: expected watchdog_..., with _total at its end for a counter".formatted(name));
        }
        if (named.putIfAbsent(name, value) != null) {
            throw new IllegalArgumentException("a second metric named " + name);
        }
    }
}
