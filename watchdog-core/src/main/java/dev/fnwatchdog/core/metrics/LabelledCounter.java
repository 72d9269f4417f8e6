package dev.fnwatchdog.core.metrics;

import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * A counter with one label, whose values are those of an enum in lower case: no event can add a series, and each is on the page from the
 * beginning, with 0.
 *
 * <p>Threads: any; {@link #increment} neither blocks nor allocates.
 */
public final class LabelledCounter<E extends Enum<E>> {
    private final Map<E, CounterDataPoint> series;

    /** @param counter with one label, on the page or about to be */
    LabelledCounter(Counter counter, Class<E> values) {
        series = new EnumMap<>(values);
        for (E value : values.getEnumConstants()) {
            series.put(value, counter.labelValues(value.name().toLowerCase(Locale.ROOT)));
        }
    }

    /** Counts one event. */
    public void increment(E value) {
        Objects.requireNonNull(series.get(value)).inc();
    }
}
