package dev.fnwatchdog.core.metrics;

import io.prometheus.metrics.config.MetricsProperties;
import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import io.prometheus.metrics.core.datapoints.DistributionDataPoint;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.Collector;
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

    private static final String DURATION = "http_request_duration_seconds";
    /** In seconds, as in of-watchdog (specification 2.10). */
    private static final double[] BOUNDS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};

    private static final double NANOS_PER_SECOND = 1e9;

    /** The data points of one status and method: looking them up by their labels would allocate for each request. */
    private record Series(CounterDataPoint requests, DistributionDataPoint seconds) {
        void observe(long nanos) {
            seconds.observe(nanos / NANOS_PER_SECOND);
            requests.inc();
        }
    }

    private final AtomicReferenceArray<Series> series = new AtomicReferenceArray<>(ROWS * METHODS.length);
    private final Counter requests;
    private final Histogram durations;
    /** The library's own gauge is one number that all threads compete for. */
    private final LongAdder inFlight = new LongAdder();

    /**
     * Adds the three {@code http_} metrics to the registry.
     *
     * @throws IllegalArgumentException if it has one of the names already; none is added then
     */
    public RequestMetrics(MetricsRegistry registry) {
        PrometheusProperties properties = registry.settings().properties();
        requests = Counter.builder(properties)
                .name("http_requests_total")
                .help("requests served")
                .labelNames("code", "method")
                .withoutExemplars()
                .build();
        durations = histogram(properties);
        Collector gauge = GaugeWithCallback.builder(properties)
                .name("http_requests_in_flight")
                .help("requests being served")
                .callback(callback -> callback.call((double) inFlight.sum()))
                .build();
        registry.register(List.of(requests, durations, gauge));
    }

    /**
     * Returns a histogram with classic buckets, the only ones that the text format has; native ones would allocate for each request. The
     * library's settings may set other bounds.
     */
    private static Histogram histogram(PrometheusProperties properties) {
        List<Double> configured = properties.getDefaultMetricProperties().getHistogramClassicUpperBounds();
        return Histogram.builder(properties)
                .name(DURATION)
                .help("seconds from the head of a request to the end of its response")
                .labelNames("code", "method")
                .classicOnly()
                .classicUpperBounds(
                        configured == null
                                ? BOUNDS
                                : configured.stream()
                                        .mapToDouble(Double::doubleValue)
                                        .toArray())
                .withoutExemplars()
                .build();
    }

    /**
     * Makes a histogram as configured and reads it once, where anything is configured.
     *
     * @throws IllegalArgumentException if it cannot be read, for example because it was configured to have native buckets only
     */
    static void verify(PrometheusProperties properties) {
        MetricsProperties own = properties.getMetricProperties(DURATION);
        if (own == null && properties.getDefaultMetricProperties().getHistogramClassicUpperBounds() == null) {
            return;
        }
        if (own != null && Boolean.TRUE.equals(own.getHistogramNativeOnly())) {
            throw new IllegalArgumentException(
                    DURATION + ": expected classic buckets, the only ones that the text format has");
        }
        Histogram trial = histogram(properties);
        trial.labelValues("200", "get").observe(1);
        trial.collect();
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

    private Series seriesOf(int methodIndex, int status) {
        Objects.checkIndex(methodIndex, METHODS.length);
        int row = status < FIRST_STATUS || status > LAST_STATUS ? NO_STATUS : 1 + status - FIRST_STATUS;
        int slot = row * METHODS.length + methodIndex;
        Series known = series.get(slot);
        return known == null ? newSeries(slot, row, methodIndex) : known;
    }

    private Series newSeries(int slot, int row, int methodIndex) {
        String code = row == NO_STATUS ? "unknown" : Integer.toString(row - 1 + FIRST_STATUS);
        String method = METHODS[methodIndex];
        // The library returns the same data points to two threads that come here at once.
        Series created = new Series(requests.labelValues(code, method), durations.labelValues(code, method));
        series.set(slot, created);
        return created;
    }
}
