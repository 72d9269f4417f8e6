package dev.fnwatchdog.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestMetricsTest {
    private final MetricsRegistry registry = new MetricsRegistry(MetricsSettings.load());
    private final RequestMetrics metrics = new RequestMetrics(registry);

    RequestMetricsTest() throws InvalidMetricsSettingsException {}

    /** Proves specification 2.10. */
    @Test
    void beforeTheFirstRequestThePageHasTheGaugeAtZeroAlone() {
        assertThat(httpLines())
                .containsExactly(
                        "# HELP http_requests_in_flight requests being served",
                        "# TYPE http_requests_in_flight gauge",
                        "http_requests_in_flight 0");
    }

    /** Proves specification 2.10. */
    @Test
    void aRequestIsInFlightUntilItIsCounted() {
        metrics.started();
        metrics.started();
        assertThat(httpLines()).contains("http_requests_in_flight 2");

        metrics.finished("GET", 200, 1);
        assertThat(httpLines()).contains("http_requests_in_flight 1");
    }

    /** Proves specification 2.10. */
    @Test
    void aRequestIsCountedOnceWithItsDuration() {
        metrics.started();
        metrics.finished("GET", 200, 1_500_000_000);

        assertThat(httpLines())
                .containsExactly(
                        "# HELP http_request_duration_seconds seconds from the head of a request to the end of its response",
                        "# TYPE http_request_duration_seconds histogram",
                        "http_request_duration_seconds_bucket{code=\"200\",method=\"get\",le=\"0.005\"} 0",
                        "http_request_duration_seconds_bucket{code=\"200\",method=\"get\",le=\"0.01\"} 0",
                        "http_request_duration_seconds_bucket{code=\"200\",method=\"get\",le=\"0.025\"} 0",
                        "http_request_duration_seconds_bucket{code=\"200\",method=\"get\",le=\"0.05\"} 0",
                        "http_request_duration_seconds_bucket{code=\"200\",method=\"get\",le=\"0.1\"} 0",
                        "http_request_duration_seconds_bucket{code=\"200\",method=\"get\",le=\"0.25\"} 0",
                        "http_request_duration_seconds_bucket{code=\"200\",method=\"get\",le=\"0.5\"} 0",
                        "http_request_duration_seconds_bucket{code=\"200\",method=\"get\",le=\"1\"} 0",
                        "http_request_duration_seconds_bucket{code=\"200\",method=\"get\",le=\"2.5\"} 1",
                        "http_request_duration_seconds_bucket{code=\"200\",method=\"get\",le=\"5\"} 1",
                        "http_request_duration_seconds_bucket{code=\"200\",method=\"get\",le=\"10\"} 1",
                        "http_request_duration_seconds_bucket{code=\"200\",method=\"get\",le=\"+Inf\"} 1",
                        "http_request_duration_seconds_sum{code=\"200\",method=\"get\"} 1.5",
                        "http_request_duration_seconds_count{code=\"200\",method=\"get\"} 1",
                        "# HELP http_requests_in_flight requests being served",
                        "# TYPE http_requests_in_flight gauge",
                        "http_requests_in_flight 0",
                        "# HELP http_requests_total requests served",
                        "# TYPE http_requests_total counter",
                        "http_requests_total{code=\"200\",method=\"get\"} 1");
    }

    /** Proves specification 2.10. */
    @ParameterizedTest
    @CsvSource({
        "0, 0.005",
        "5000000, 0.005",
        "5000001, 0.01",
        "10000000, 0.01",
        "25000000, 0.025",
        "50000000, 0.05",
        "100000000, 0.1",
        "250000000, 0.25",
        "500000000, 0.5",
        "1000000000, 1",
        "2500000000, 2.5",
        "5000000000, 5",
        "10000000000, 10",
        "10000000001, +Inf"
    })
    void aDurationIsCountedInTheFirstBucketWhoseBoundItDoesNotExceed(long nanos, String bound) {
        count("GET", 200, nanos);

        assertThat(httpLines().stream().filter(line -> line.contains("_bucket") && line.endsWith(" 1")))
                .first()
                .asString()
                .contains("le=\"" + bound + "\"");
    }

    /** Proves specification 2.12. */
    @ParameterizedTest
    @CsvSource({
        "GET, get",
        "HEAD, head",
        "POST, post",
        "PUT, put",
        "DELETE, delete",
        "CONNECT, connect",
        "OPTIONS, options",
        "TRACE, trace",
        "PATCH, patch",
        "get, unknown",
        "Get, unknown",
        "PROPFIND, unknown",
        "BREW, unknown",
        "'', unknown"
    })
    void theLabelOfAKnownMethodIsInLowerCaseAndOfAnyOtherUnknown(String method, String label) {
        count(method, 201, 1);

        assertThat(httpLines()).contains("http_requests_total{code=\"201\",method=\"%s\"} 1".formatted(label));
    }

    /** Proves specification 2.12. */
    @Test
    void unknownMethodsOfClientsAddNoSeries() {
        for (int i = 0; i < 1000; i++) {
            count("M" + i, 405, 1);
        }

        assertThat(totals()).containsExactly("http_requests_total{code=\"405\",method=\"unknown\"} 1000");
    }

    /** Proves specification 2.10. */
    @Test
    void eachStatusAndMethodHasItsOwnSeries() {
        count("POST", 500, 1);
        count("GET", 429, 1);
        count("GET", 200, 1);
        count("POST", 200, 1);
        count("GET", 200, 1);

        assertThat(totals())
                .containsExactly(
                        "http_requests_total{code=\"200\",method=\"get\"} 2",
                        "http_requests_total{code=\"200\",method=\"post\"} 1",
                        "http_requests_total{code=\"429\",method=\"get\"} 1",
                        "http_requests_total{code=\"500\",method=\"post\"} 1");
    }

    @ParameterizedTest
    @CsvSource({
        "100, 100",
        "599, 599",
        "600, 600",
        "999, 999",
        "99, unknown",
        "1000, unknown",
        "0, unknown",
        "-1, unknown"
    })
    void aStatusOfThreeDigitsIsItsOwnLabelAndAnyOtherIsUnknown(int status, String label) {
        count("GET", status, 1);

        assertThat(totals()).containsExactly("http_requests_total{code=\"%s\",method=\"get\"} 1".formatted(label));
    }

    @Test
    void noRequestIsLostWhileThreadsCountAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                running.add(threads.submit(() -> {
                    for (int i = 0; i < 5000; i++) {
                        metrics.started();
                        metrics.finished("GET", 200 + i % 5, 1_000_000_000);
                    }
                }));
            }
            for (Future<?> future : running) {
                future.get();
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(totals())
                .containsExactly(
                        "http_requests_total{code=\"200\",method=\"get\"} 8000",
                        "http_requests_total{code=\"201\",method=\"get\"} 8000",
                        "http_requests_total{code=\"202\",method=\"get\"} 8000",
                        "http_requests_total{code=\"203\",method=\"get\"} 8000",
                        "http_requests_total{code=\"204\",method=\"get\"} 8000");
        assertThat(httpLines())
                .contains(
                        "http_request_duration_seconds_sum{code=\"200\",method=\"get\"} 8000",
                        "http_requests_in_flight 0");
    }

    /** Proves specification 1.24. */
    @Test
    void aWatchdogCountsSeparatelyFromAnotherInTheSameJvm() throws Exception {
        count("GET", 200, 1);
        MetricsRegistry other = new MetricsRegistry(MetricsSettings.load());
        new RequestMetrics(other);

        assertThat(PrometheusText.of(other.scrape())).doesNotContain("http_requests_total");
    }

    private void count(String method, int status, long nanos) {
        metrics.started();
        metrics.finished(method, status, nanos);
    }

    private List<String> totals() {
        return httpLines().stream()
                .filter(line -> line.startsWith("http_requests_total"))
                .toList();
    }

    private List<String> httpLines() {
        String page = new String(new Exposition(registry).render("*/*").body(), StandardCharsets.UTF_8);
        return page.lines().filter(line -> line.contains("http_")).toList();
    }
}
