package dev.fnwatchdog.undertow.internal.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the page of the metrics port. Proves specification 2.8 to 2.10, 2.15, 2.16, 7.15. */
class MetricsPortTest {
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private ScriptedFunction function;
    private RunningWatchdog watchdog;

    @BeforeEach
    void start() throws Exception {
        function = ScriptedFunction.respondingWith("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        watchdog = RunningWatchdog.inFrontOf(function);
    }

    @AfterEach
    void stop() throws Exception {
        watchdog.close();
        function.close();
    }

    private HttpResponse<String> scrape(String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + watchdog.metricsPort() + "/metrics"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private RawClient connect() throws Exception {
        return RawClient.to(InetAddress.getLoopbackAddress(), watchdog.metricsPort());
    }

    /** Proves specification 2.9, 2.10, 2.15, 2.16. */
    @Test
    void theMetricsPageContainsTheSpecifiedMetricsAndBuckets() throws Exception {
        watchdog.get("/call");

        assertThat(scrape().body())
                .contains("# HELP http_requests_total requests served\n# TYPE http_requests_total counter\n")
                .contains("http_requests_total{code=\"200\",method=\"get\"} 1\n")
                .contains("# TYPE http_request_duration_seconds histogram\n")
                .contains("http_request_duration_seconds_bucket{code=\"200\",method=\"get\",le=\"0.005\"} ")
                .contains("le=\"1\"} 1\n", "le=\"2.5\"} 1\n", "le=\"5\"} 1\n", "le=\"10\"} 1\n", "le=\"+Inf\"} 1\n")
                .contains("http_request_duration_seconds_count{code=\"200\",method=\"get\"} 1\n")
                .contains("# TYPE http_requests_in_flight gauge\nhttp_requests_in_flight 0\n")
                .contains("\nprocess_cpu_seconds_total ", "\nprocess_resident_memory_bytes ")
                .contains("\nprocess_open_fds ", "\nprocess_start_time_seconds ")
                .contains("\njvm_memory_used_bytes{", "\njvm_threads_current ", "\njvm_gc_collection_seconds_count{")
                .contains("\nwatchdog_upstream_connections ");
    }

    /** Proves specification 2.9. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "*/*",
                "text/plain",
                "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
                "application/openmetrics-text; version=1.0.0, */*; q=0.1",
                "not a media type"
            })
    void theMetricsPageIsPlainTextWhereverAcceptAllowsIt(String accept) throws Exception {
        HttpResponse<String> page = scrape("Accept", accept);

        assertThat(page.headers().firstValue("Content-Type")).contains(TEXT);
        assertThat(page.body()).doesNotContain("# EOF");
    }

    /** Proves specification 2.9. */
    @Test
    void theMetricsPageIsOpenMetricsWhereAcceptAllowsOnlyThat() throws Exception {
        List<HttpResponse<String>> pages = List.of(
                scrape("Accept", "application/openmetrics-text; version=1.0.0"),
                scrape("Accept", "application/openmetrics-text", "Accept", "text/plain;q=0"));

        for (HttpResponse<String> page : pages) {
            assertThat(page.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("application/openmetrics-text; version=1.0.0");
            assertThat(page.body()).endsWith("# EOF\n");
        }
    }

    /** Proves specification 2.8. */
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate, gzip;q=0.5, br", "*"})
    void theMetricsPageIsCompressedWhereTheClientAcceptsIt(String coding) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + watchdog.metricsPort() + "/metrics");
        HttpResponse<byte[]> page = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .header("Accept-Encoding", coding)
                                .build(),
                        HttpResponse.BodyHandlers.ofByteArray());

        assertThat(page.headers().firstValue("Content-Encoding")).contains("gzip");
        assertThat(page.headers().firstValue("Content-Type")).contains(TEXT);
        try (GZIPInputStream body = new GZIPInputStream(new ByteArrayInputStream(page.body()))) {
            assertThat(new String(body.readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("# HELP ")
                    .contains("http_requests_in_flight 0\n");
        }
    }

    /** Proves specification 2.8. */
    @ParameterizedTest
    @ValueSource(strings = {"identity", "gzip;q=0", "br"})
    void theMetricsPageIsNotCompressedWhereTheClientDoesNotAcceptIt(String coding) throws Exception {
        HttpResponse<String> page = scrape("Accept-Encoding", coding);

        assertThat(page.headers().firstValue("Content-Encoding")).isEmpty();
        assertThat(page.body()).contains("http_requests_in_flight 0\n");
    }

    /** Proves specification 2.8. */
    @Test
    void theMetricsPageRespondsToHeadWithoutABody() throws Exception {
        try (RawClient client = connect()) {
            client.send("HEAD /metrics HTTP/1.1\r\nHost: h\r\n\r\nGET /metrics HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readHead())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("\r\nContent-Type: " + TEXT + "\r\n");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n").contains("http_requests_in_flight");
        }
    }

    /** Proves specification 2.8. */
    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "BREW"})
    void theMetricsPageIs405ForOtherMethods(String method) throws Exception {
        try (RawClient client = connect()) {
            client.send(method + " /metrics HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 405 ").contains("\r\nAllow: GET, HEAD\r\n");
        }
    }

    /** Proves specification 2.8. */
    @Test
    void otherPathsOfTheMetricsPortAre404() throws Exception {
        int before = function.connections();
        try (RawClient client = connect()) {
            for (String target : new String[] {"/", "/metrics/", "/_/health", "/_/ready", "/call", "/METRICS"}) {
                client.send("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.readResponse()).as(target).startsWith("HTTP/1.1 404 ");
            }
            client.send("GET /metrics?name=x HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n");
        }
        assertThat(function.connections()).isEqualTo(before);
    }

    /** Proves specification 2.8, 7.15. */
    @Test
    void aMalformedRequestToTheMetricsPortIs400() throws Exception {
        try (RawClient client = connect()) {
            client.send("GET /metrics HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n");

            assertThat(client.readToEnd()).startsWith("HTTP/1.1 400 ");
        }
    }

    /** Proves specification 2.8. */
    @Test
    void theMetricsPathOnThePortForRequestsIsForwardedToTheFunction() throws Exception {
        assertThat(watchdog.get("/metrics").body()).isEqualTo("hi");
    }
}
