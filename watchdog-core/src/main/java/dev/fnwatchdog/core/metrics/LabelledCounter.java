package dev.fnwatchdog.core.metrics;

import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ObjDoubleConsumer;
import java.util.stream.Stream;

/**
 * A counter with one label, whose values are those of an enum in lower case: no event can add a series, and each is on the page from the
 * beginning, with 0.
 *
 * <p>Threads: any; {@link #increment} neither blocks nor allocates.
 */
public final class LabelledCounter<E extends Enum<E>> {
    private final E[] values;
    private final LongAdder[] counts;

    /** Creates a counter that is not on the page, unless a {@link MetricsRegistry} creates it. */
    public LabelledCounter(Class<E> values) {
        this.values = values.getEnumConstants();
        this.counts = Stream.generate(LongAdder::new).limit(this.values.length).toArray(LongAdder[]::new);
    }

    /** Counts one event. */
    public void increment(E value) {
        counts[value.ordinal()].increment();
    }

    void forEach(ObjDoubleConsumer<String> series) {
        for (E value : values) {
            series.accept(value.name().toLowerCase(Locale.ROOT), counts[value.ordinal()].sum());
        }
    }
}
