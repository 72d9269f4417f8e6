package dev.fnwatchdog.core.metrics;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All metrics of one watchdog (specification 2.10, 2.15, 2.16, 2.18): those that it registers with a {@link PrometheusRegistry}, those of
 * its process and JVM, and those of a function in the same JVM. Several watchdogs may run in one JVM, each with its own
 * registry.
 *
 * <p>Threads: any. Values are read on the thread that scrapes.
 */
public final class MetricsRegistry implements AutoCloseable {
    private static final String PREFIX = "watchdog_";
    private static final String COUNTER_SUFFIX = "_total";

    private final MetricsSettings settings;
    private final PrometheusRegistry registry;
    private final List<Collector> permanent = new CopyOnWriteArrayList<>();

    // Mutable state, under this object's lock
    @GuardedBy("this")
    private final Map<String, LongAdder> adders = new HashMap<>();

    @GuardedBy("this")
    private final Map<String, LabelledCounter<?>> labelled = new HashMap<>();

    // Mutable state
    private volatile @Nullable FunctionMetrics function;

    /** Creates a registry of its own. */
    public MetricsRegistry(MetricsSettings settings) {
        this(settings, new PrometheusRegistry());
    }

    /** @param registry of the embedding program, whose metrics are on the page too; two watchdogs cannot share it */
    public MetricsRegistry(MetricsSettings settings, PrometheusRegistry registry) {
        this.settings = settings;
        this.registry = registry;
    }

    /**
     * Adds a gauge whose value is read at every scrape; while it is not a number, the gauge is not on the page.
     *
     * @throws IllegalArgumentException if the name is in use, does not begin with {@code watchdog_} as in specification
     *     2.16, or ends in {@code _total}
     */
    public void gauge(String name, String help, DoubleSupplier value) {
        requireName(name, !name.endsWith(COUNTER_SUFFIX));
        register(List.of(GaugeWithCallback.builder(settings.properties())
                .name(name)
                .help(help)
                .callback(callback -> {
                    double current = value.getAsDouble();
                    if (!Double.isNaN(current)) {
                        callback.call(current);
                    }
                })
                .build()));
    }

    /**
     * Adds a counter whose value, which never falls, is read at every scrape.
     *
     * @throws IllegalArgumentException if the name is in use, does not begin with {@code watchdog_} as in specification
     *     2.16, or does not end in {@code _total}
     */
    public void counter(String name, String help, DoubleSupplier value) {
        requireName(name, name.endsWith(COUNTER_SUFFIX));
        register(List.of(CounterWithCallback.builder(settings.properties())
                .name(name)
                .help(help)
                .callback(callback -> callback.call(value.getAsDouble()))
                .build()));
    }

    /**
     * Returns the counter (with a name that ends in {@code _total}) or gauge of that name, and adds it where there is none: the versions of a
     * function, of which one replaces the other, continue one count.
     */
    public synchronized LongAdder shared(String name, String help) {
        LongAdder known = adders.get(name);
        if (known != null) {
            return known;
        }
        LongAdder added = new LongAdder();
        if (name.endsWith(COUNTER_SUFFIX)) {
            counter(name, help, added::sum);
        } else {
            gauge(name, help, added::sum);
        }
        adders.put(name, added);
        return added;
    }

    /** Returns the counter with a label of that name, as {@link #shared(String, String)} does, with a series for each of {@code values}. */
    @SuppressWarnings("unchecked") // a name is used with one enum
    public synchronized <E extends Enum<E>> LabelledCounter<E> shared(
            String name, String help, String label, Class<E> values) {
        requireName(name, name.endsWith(COUNTER_SUFFIX));
        LabelledCounter<?> known = labelled.get(name);
        if (known != null) {
            return (LabelledCounter<E>) known;
        }
        Counter counter = Counter.builder(settings.properties())
                .name(name)
                .help(help)
                .labelNames(label)
                .build();
        LabelledCounter<E> added = new LabelledCounter<>(counter, values);
        register(List.of(counter));
        labelled.put(name, added);
        return added;
    }

    /**
     * Adds what a function in this JVM registers with the library's default registry.
     *
     * @param warnings gets a line where the function's metrics cannot be shown
     */
    public void includeFunction(Consumer<String> warnings) {
        // An embedding program may have given the watchdog this very registry.
        if (!registry.equals(PrometheusRegistry.defaultRegistry)) {
            function = new FunctionMetrics(PrometheusRegistry.defaultRegistry, warnings);
        }
    }

    /** Removes the metrics of one version of the function in this JVM; the next one registers its own under the same names. */
    public void removeFunction() {
        FunctionMetrics own = function;
        if (own != null) {
            own.clear();
        }
    }

    /** Removes the watchdog's metrics from the registry, which may be that of an embedding program. */
    @Override
    public void close() {
        permanent.forEach(registry::unregister);
        permanent.clear();
    }

    MetricsSettings settings() {
        return settings;
    }

    /**
     * Registers metrics of the watchdog for as long as it runs.
     *
     * @throws IllegalArgumentException if one of the names is in use; none is registered then
     */
    void register(List<? extends Collector> collectors) {
        List<Collector> registered = new ArrayList<>();
        try {
            for (Collector collector : collectors) {
                registry.register(collector);
                registered.add(collector);
            }
        } catch (IllegalArgumentException e) {
            registered.forEach(registry::unregister);
            throw e;
        }
        permanent.addAll(registered);
    }

    /** Returns the current values, without the families that the settings exclude. */
    MetricSnapshots scrape() {
        PageFamilies page = new PageFamilies();
        page.add(registry.scrape());
        // An embedding program may have registered the JVM's metrics itself.
        page.add(JvmRegistry.shared(settings).scrape());
        FunctionMetrics own = function;
        if (own != null) {
            own.addTo(page);
        }
        return page.filtered(settings.filter());
    }

    private static void requireName(String name, boolean validSuffix) {
        if (!validSuffix || !name.startsWith(PREFIX)) {
            throw new IllegalArgumentException(
                    "a metric named %s: expected watchdog_..., with _total at its end for a counter".formatted(name));
        }
    }
}
