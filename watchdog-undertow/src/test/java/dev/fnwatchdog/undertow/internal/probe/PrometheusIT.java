package dev.fnwatchdog.undertow.internal.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.PrometheusServer;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RequiredProgram;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tries dashboard and rules of {@code deploy} with a real Prometheus. Proves specification 2.9, 2.10, 2.15, 2.16. */
@Timeout(60)
class PrometheusIT {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Path DEPLOY = Path.of("../deploy").toAbsolutePath().normalize();
    private static final Path RULES = DEPLOY.resolve("prometheus");
    private static final Pattern RULE = Pattern.compile("(?m)^ +- (record|alert): (\\S+)$");
    private static final Pattern DASHBOARD_QUERY = Pattern.compile("\"expr\": \"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern DASHBOARD_VARIABLE = Pattern.compile("\"query\": \"label_values\\((.*), (\\w+)\\)\"");
    private static final Pattern HEALTHY_RULE = Pattern.compile("\"health\":\"ok\"");

    /** The queries of public dashboards for of-watchdog: requests by status, the 95th percentile, requests in flight. */
    private static final List<String> PUBLIC_QUERIES = List.of(
            "sum(rate(http_requests_total[1m])) by (code)",
            "histogram_quantile(0.95, sum(rate(http_request_duration_seconds_bucket[1m])) by (le))",
            "sum(http_requests_in_flight)");

    private static final String PAGE = "# TYPE orders_total counter\norders_total 3\n";

    @TempDir
    private Path folder;

    private record Checked(int status, String output) {}

    private static Checked promtool(String input, String... arguments) throws Exception {
        return run(RequiredProgram.require("promtool", "metrics and rules are not checked"), input, arguments);
    }

    private static Checked run(Path program, String input, String... arguments) throws Exception {
        Process process = new ProcessBuilder(Stream.concat(Stream.of(program.toString()), Stream.of(arguments))
                        .toList())
                .directory(RULES.toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Checked(process.waitFor(), output);
    }

    private static List<MatchResult> rules(String file) throws IOException {
        return RULE.matcher(Files.readString(RULES.resolve(file))).results().toList();
    }

    /** Serves the requests of the load, each in its own way. */
    private static void serve(RawClient connection) throws Exception {
        while (true) {
            String path = connection.readHead().split(" ", 3)[1];
            switch (path) {
                case "/metrics" -> respond(connection, 200, PAGE);
                case "/fail" -> respond(connection, 500, "");
                case "/late" -> connection.readToEnd();
                case "/closed" -> connection.close();
                default -> respond(connection, 200, "ok");
            }
        }
    }

    private static void respond(RawClient connection, int status, String body) throws IOException {
        connection.send("HTTP/1.1 %d X\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(status, body.length(), body));
    }

    private static PackagedWatchdog httpMode(ScriptedFunction function) throws IOException {
        return PackagedWatchdog.inFrontOf(
                        "sleep 600",
                        function.port(),
                        "max_inflight",
                        "2",
                        "max_waiting",
                        "1",
                        "metrics_upstream_path",
                        "/metrics")
                .startReady();
    }

    private static PackagedWatchdog streamingMode() throws IOException {
        return PackagedWatchdog.with(
                        "mode", "streaming",
                        "fprocess", "sh -c 'exit 3'",
                        "port", "0",
                        "metrics_port", "0",
                        "healthcheck_interval", "0")
                .startReady();
    }

    /** Sends requests with different outcomes until it is closed: more at once than the limit permits. */
    private static final class Load implements AutoCloseable {
        private final PackagedWatchdog http;
        private final PackagedWatchdog streaming;
        private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        private final ScheduledFuture<?> requests;

        Load(PackagedWatchdog http, PackagedWatchdog streaming) {
            this.http = http;
            this.streaming = streaming;
            this.requests = clock.scheduleWithFixedDelay(this::send, 0, 100, TimeUnit.MILLISECONDS);
        }

        private void send() {
            Stream<HttpRequest.Builder> forwarded = Stream.of("/late", "/ok", "/fail", "/closed", "/ok")
                    .map(path -> http.request(path).header("X-Timeout", "50ms"));
            CompletableFuture.allOf(Stream.concat(
                                    forwarded.map(http::sendAsync),
                                    Stream.of(streaming.sendAsync(streaming.request("/"))))
                            .toArray(CompletableFuture[]::new))
                    .join();
        }

        @Override
        public void close() throws InterruptedException {
            requests.cancel(false);
            clock.shutdown();
            assertThat(clock.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static String config(PackagedWatchdog http, PackagedWatchdog streaming) {
        return """
                global:
                  scrape_interval: 1s
                  scrape_timeout: 1s
                  evaluation_interval: 1s
                rule_files:
                  - %1$s/records.yml
                  - %1$s/alerts.yml
                scrape_configs:
                  - job_name: watchdog
                    static_configs:
                      - targets: ["127.0.0.1:%2$d"]
                        labels: {function: forwarded}
                      - targets: ["127.0.0.1:%3$d"]
                        labels: {function: forked}
                  - job_name: function
                    metrics_path: /metrics/function
                    static_configs:
                      - targets: ["127.0.0.1:%2$d"]
                """.formatted(RULES, http.metricsPort(), streaming.metricsPort());
    }

    private static List<String> dashboardQueries() throws IOException {
        String dashboard = Files.readString(DEPLOY.resolve("grafana/watchdog.json"));
        Stream<String> panels = DASHBOARD_QUERY.matcher(dashboard).results().map(found -> found.group(1));
        Stream<String> variables = DASHBOARD_VARIABLE
                .matcher(dashboard)
                .results()
                .map(found -> "count by (%s) (%s)".formatted(found.group(2), found.group(1)));
        return Stream.concat(panels, variables)
                .map(text -> text.replace("\\\"", "\"")
                        .replace("$__rate_interval", "5s")
                        .replace("$job", "watchdog")
                        .replaceAll("\\$(function|instance)", ".*"))
                .toList();
    }

    /** Returns whether the result has values, and all of them are numbers. */
    private static boolean hasData(String response) {
        return response.startsWith("{\"status\":\"success\"")
                && response.contains("\"value\":[")
                && !response.contains("\"NaN\"");
    }

    /** Waits until each query has found data; those that have not are reported with their last response. */
    private static void assertFindData(PrometheusServer prometheus, List<String> queries) {
        Map<String, String> open =
                new TreeMap<>(queries.stream().distinct().collect(Collectors.toMap(Function.identity(), query -> "")));
        try {
            Polling.until(PATIENCE, () -> {
                for (Map.Entry<String, String> entry : open.entrySet()) {
                    entry.setValue(prometheus.query(entry.getKey()));
                }
                open.values().removeIf(PrometheusIT::hasData);
                return open.isEmpty();
            });
        } catch (AssertionError late) {
            assertThat(open).as("queries without data").isEmpty();
        }
    }

    @Test
    void theRulesAreValid() throws Exception {
        Checked checked = promtool("", "check", "rules", "records.yml", "alerts.yml");

        assertThat(checked.status()).as(checked.output()).isZero();
        assertThat(checked.output()).doesNotContain("FAILED").contains("SUCCESS");
    }

    @Test
    void everyRuleHasAUnitTestAndEachPasses() throws Exception {
        Checked checked = promtool("", "test", "rules", "tests.yml");

        assertThat(checked.status()).as(checked.output()).isZero();
        String tests = Files.readString(RULES.resolve("tests.yml"));
        assertThat(rules("records.yml"))
                .hasSizeGreaterThan(5)
                .allSatisfy(rule -> assertThat(tests).containsPattern("expr: .*" + Pattern.quote(rule.group(2))));
        assertThat(rules("alerts.yml"))
                .hasSizeGreaterThan(10)
                .allSatisfy(rule -> assertThat(tests)
                        .containsPattern("alertname: " + rule.group(2) + "\n +eval_time: \\w+\n +exp_alerts: \\[\\]\n")
                        .containsPattern("alertname: " + rule.group(2) + "\n +eval_time: \\w+\n +exp_alerts:\n"));
    }

    /** Queries are found in the text of the dashboard: that alone would not show that Grafana can read it. */
    @Test
    void theDashboardIsJson() throws Exception {
        Checked checked = run(
                RequiredProgram.require("python3", "the dashboard is not parsed"),
                Files.readString(DEPLOY.resolve("grafana/watchdog.json")),
                "-m",
                "json.tool");

        assertThat(checked.status()).as(checked.output()).isZero();
    }

    @Test
    void thePageOfEachKindOfModePassesTheCheckOfPromtool() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(PrometheusIT::serve);
                PackagedWatchdog http = httpMode(function);
                PackagedWatchdog streaming = streamingMode()) {
            assertThat(http.get("/ok").statusCode()).isEqualTo(200);
            assertThat(streaming.get("/").statusCode()).isEqualTo(200);
            for (PackagedWatchdog watchdog : List.of(http, streaming)) {
                Checked checked = promtool(page(watchdog), "check", "metrics");

                assertThat(checked.status()).as(checked.output()).isZero();
            }
        }
    }

    private static String page(PackagedWatchdog watchdog) throws Exception {
        URI uri = URI.create("http://127.0.0.1:%d/metrics".formatted(watchdog.metricsPort()));
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }

    /** Proves specification 2.9, 2.10, 2.15, 2.16, 2.17. */
    @Test
    void everyQueryOfDashboardAndRulesFindsDataOfWatchdogsUnderLoad() throws Exception {
        List<String> queries = new ArrayList<>(dashboardQueries());
        assertThat(queries)
                .hasSizeGreaterThan(25)
                .allSatisfy(query -> assertThat(query).doesNotContain("$"));
        rules("records.yml").forEach(record -> queries.add(record.group(2)));
        queries.addAll(PUBLIC_QUERIES);
        queries.add("orders_total{job=\"function\"} == 3");
        int rules = rules("records.yml").size() + rules("alerts.yml").size();
        try (ScriptedFunction function = ScriptedFunction.serving(PrometheusIT::serve);
                PackagedWatchdog http = httpMode(function);
                PackagedWatchdog streaming = streamingMode();
                PrometheusServer prometheus = PrometheusServer.start(folder, config(http, streaming));
                Load load = new Load(http, streaming)) {
            assertFindData(prometheus, queries);
            Polling.until(
                    PATIENCE,
                    () -> HEALTHY_RULE
                                    .matcher(prometheus.get("/api/v1/rules").body())
                                    .results()
                                    .count()
                            == rules);
            assertThat(load.requests.isDone()).as("the load has failed").isFalse();
        }
    }
}
