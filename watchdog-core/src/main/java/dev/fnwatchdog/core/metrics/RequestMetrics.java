package dev.fnwatchdog.core.metrics;

import io.prometheus.metrics.config.MetricsProperties;
import io.prometheus.metrics.config.PrometheusProperties;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Counts requests, their durations and those in flight, by status and method (specification 2.10). Series are created when the
 * first request of a status and method ends.
 *
 * <p>Threads: any.
 */
public final class RequestMetrics {
    /** The methods of RFC 9110 and RFC 5789, which have a label each (specification 2.12). */
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

    private static final String UNKNOWN = "unknown";
    private static final int FIRST_STATUS = 100;
    private static final int LAST_STATUS = 999;

    private static final String DURATION = "http_request_duration_seconds";
    /** In seconds, as in of-watchdog (specification 2.10). */
    private static final double[] BOUNDS = {.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10};

    private static final double NANOS_PER_SECOND = 1e9;

    private final Counter requests;
    private final Histogram durations;
    private final Gauge inFlight;

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
        inFlight = Gauge.builder(properties)
                .name("http_requests_in_flight")
                .help("requests being served")
                .withoutExemplars()
                .build();
        registry.register(List.of(requests, durations, inFlight));
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
     * Records the start of a request. Exactly one {@link #finished} must follow, before the last byte of the response
     * can reach the client (specification 2.14).
     */
    public void started() {
        inFlight.inc();
    }

    /**
     * Records the end of a request.
     *
     * @param method methods are case-sensitive: {@code get} is unknown
     * @param status of the response; a value that is not between 100 and 999 is counted as {@code unknown}
     * @param nanos the duration of the request
     */
    public void finished(String method, int status, long nanos) {
        String code = status < FIRST_STATUS || status > LAST_STATUS ? UNKNOWN : Integer.toString(status);
        String label = METHODS.contains(method) ? method.toLowerCase(Locale.ROOT) : UNKNOWN;
        durations.labelValues(code, label).observe(nanos / NANOS_PER_SECOND);
        requests.labelValues(code, label).inc();
        inFlight.dec();
    }
}
