package dev.fnwatchdog.core.metrics;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjDoubleConsumer;

/**
 * A counter with one label, whose values are those of an enum in lower case: no event can add a series, and each is on the page from the
 * beginning, with 0.
 *
 * <p>Threads: any; {@link #increment} neither blocks nor allocates.
 */
public final class LabelledCounter<E extends Enum<E>> {
    private final Map<E, LongAdder> counts;

    /** Creates a counter that is not on the page, unless a {@link MetricsRegistry} creates it. */
    public LabelledCounter(Class<E> values) {
        counts = new EnumMap<>(values);
        for (E value : values.getEnumConstants()) {
            counts.put(value, new LongAdder());
        }
    }

    /** Counts one event. */
    public void increment(E value) {
        Objects.requireNonNull(counts.get(value)).increment();
    }

    void forEach(ObjDoubleConsumer<String> series) {
        counts.forEach((value, count) -> series.accept(value.name().toLowerCase(Locale.ROOT), count.doubleValue()));
    }
}
