package dev.fnwatchdog.core.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

/**
 * The durations of the requests with one status and one method; the number of requests follows from them.
 *
 * <p>Threads: any. A snapshot taken while requests end may count a request in a bucket and not yet in the sum.
 */
final class RequestSeries {
    /** In seconds, as in of-watchdog, and infinity (specification 2.10). */
    private static final double[] BOUNDS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, Double.POSITIVE_INFINITY};

    private static final long[] NANOS = new long[BOUNDS.length];

    static {
        for (int i = 0; i < BOUNDS.length; i++) {
            NANOS[i] = Math.round(BOUNDS[i] * 1e9);
        }
    }

    private final String code;
    private final String method;
    private final LongAdder[] buckets = new LongAdder[BOUNDS.length];
    private final LongAdder nanos = new LongAdder();

    RequestSeries(String code, String method) {
        this.code = code;
        this.method = method;
        for (int i = 0; i < buckets.length; i++) {
            buckets[i] = new LongAdder();
        }
    }

    void observe(long duration) {
        int bucket = 0;
        while (duration > NANOS[bucket]) {
            bucket++;
        }
        buckets[bucket].increment();
        nanos.add(duration);
    }

    /** Adds this series to both families, from one read of the buckets: their counts agree within a scrape. */
    void addTo(CounterSnapshot.Builder requests, HistogramSnapshot.Builder durations) {
        Labels labels = Labels.of("code", code, "method", method);
        long[] counts = Arrays.stream(buckets).mapToLong(LongAdder::sum).toArray();
        requests.dataPoint(CounterDataPointSnapshot.builder()
                .labels(labels)
                .value((double) Arrays.stream(counts).sum())
                .build());
        durations.dataPoint(HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(ClassicHistogramBuckets.of(BOUNDS, counts))
                .sum(nanos.sum() / 1e9)
                .build());
    }
}
