package dev.fnwatchdog.core.metrics;

import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts requests, their durations and those in flight, by status and method (specification 2.10). Series are found by
 * index, and created when the first request of a status and method ends.
 *
 * <p>Threads: any; {@link #started} and {@link #finished} never block, and allocate only for the first request of a
 * status and method.
 */
public final class RequestMetrics {
    /** The methods of RFC 9110 and RFC 5789, and the label for all others (specification 2.12). */
    private static final String[] METHODS = {
        "get", "head", "post", "put", "delete", "connect", "options", "trace", "patch", "unknown"
    };

    private static final int UNKNOWN_METHOD = METHODS.length - 1;

    private static final int FIRST_STATUS = 100;
    private static final int LAST_STATUS = 999;
    /** The row for values that are not HTTP statuses; the rows of the statuses follow it. */
    private static final int NO_STATUS = 0;

    private static final int ROWS = 1 + LAST_STATUS - FIRST_STATUS + 1;

    private final AtomicReferenceArray<RequestSeries> series = new AtomicReferenceArray<>(ROWS * METHODS.length);
    private final LongAdder inFlight = new LongAdder();

    /** Adds the three {@code http_} metrics to the registry. */
    public RequestMetrics(MetricsRegistry registry) {
        registry.add(this::snapshots);
    }

    /**
     * Returns the index of a request's method for {@link #finished}. Methods are case-sensitive: {@code get} is
     * unknown.
     */
    public static int methodIndex(String method) {
        return switch (method) {
            case "GET" -> 0;
            case "HEAD" -> 1;
            case "POST" -> 2;
            case "PUT" -> 3;
            case "DELETE" -> 4;
            case "CONNECT" -> 5;
            case "OPTIONS" -> 6;
            case "TRACE" -> 7;
            case "PATCH" -> 8;
            default -> UNKNOWN_METHOD;
        };
    }

    /**
     * Records the start of a request. Exactly one {@link #finished} must follow, before the last byte of the response
     * can reach the client (specification 2.14).
     */
    public void started() {
        inFlight.increment();
    }

    /**
     * Records the end of a request.
     *
     * @param methodIndex from {@link #methodIndex}
     * @param status of the response; a value that is not between 100 and 999 is counted as {@code unknown}
     * @param nanos the duration of the request
     */
    public void finished(int methodIndex, int status, long nanos) {
        seriesOf(methodIndex, status).observe(nanos);
        inFlight.decrement();
    }

    private RequestSeries seriesOf(int methodIndex, int status) {
        Objects.checkIndex(methodIndex, METHODS.length);
        int row = status < FIRST_STATUS || status > LAST_STATUS ? NO_STATUS : 1 + status - FIRST_STATUS;
        int slot = row * METHODS.length + methodIndex;
        RequestSeries known = series.get(slot);
        return known == null ? newSeries(slot, row, methodIndex) : known;
    }

    private RequestSeries newSeries(int slot, int row, int methodIndex) {
        String code = row == NO_STATUS ? "unknown" : Integer.toString(row - 1 + FIRST_STATUS);
        RequestSeries created = new RequestSeries(code, METHODS[methodIndex]);
        return series.compareAndSet(slot, null, created) ? created : series.get(slot);
    }

    private List<MetricSnapshot> snapshots() {
        CounterSnapshot.Builder requests =
                CounterSnapshot.builder().name("http_requests_total").help("requests served");
        HistogramSnapshot.Builder durations = HistogramSnapshot.builder()
                .name("http_request_duration_seconds")
                .help("seconds from the head of a request to the end of its response");
        for (int slot = 0; slot < series.length(); slot++) {
            RequestSeries used = series.get(slot);
            if (used != null) {
                used.addTo(requests, durations);
            }
        }
        return List.of(
                requests.build(),
                durations.build(),
                MetricsRegistry.gaugeOf("http_requests_in_flight", "requests being served", (double) inFlight.sum()));
    }
}
