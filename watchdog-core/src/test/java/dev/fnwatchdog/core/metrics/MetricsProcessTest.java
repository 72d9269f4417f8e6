package dev.fnwatchdog.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Runs in child JVMs: the moment at which classes are loaded, and variables of the environment. */
class MetricsProcessTest {
    private static final String SCRAPE = "-- scrape --";

    @Test
    void managementAndPrometheusClassesAreNotLoadedBeforeTheFirstScrape() throws Exception {
        String output = run(Map.of(), "-verbose:class");

        int scrape = output.indexOf(SCRAPE);
        assertThat(scrape).isPositive();
        assertThat(output.substring(0, scrape))
                .contains(RequestMetrics.class.getName())
                .doesNotContain("java.lang.management.", "sun.management.", "io.prometheus.");
        assertThat(output.substring(scrape)).contains("java.lang.management.", "io.prometheus.");
    }

    /** Proves specification 2.19. */
    @Test
    void variablesForTheMetricsLibraryOfTheFunctionHaveNoEffect() throws Exception {
        String output = run(
                Map.of(
                        "PROMETHEUS_CONFIG", "/nonexistent",
                        "IO_PROMETHEUS_UNHEARD_OF", "1",
                        "IO_PROMETHEUS_METRICS_HISTOGRAM_NATIVE_ONLY", "true"),
                "-Xshare:auto");

        assertThat(output)
                .contains(
                        "http_requests_total{code=\"200\",method=\"get\"} 1\n",
                        "http_request_duration_seconds_bucket{code=\"200\",method=\"get\",le=\"10\"} 1\n");
    }

    private static String run(Map<String, String> environment, String option) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        option,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Scrape.class.getName()))
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    /** Counts a request, prints a marker line, and prints the page. */
    static final class Scrape {
        private Scrape() {}

        public static void main(String[] arguments) {
            MetricsRegistry registry = new MetricsRegistry();
            RequestMetrics metrics = new RequestMetrics(registry);
            Exposition exposition = new Exposition(registry);
            registry.gauge("watchdog_upstream_connections", "connections", () -> 1);
            metrics.started();
            metrics.finished(RequestMetrics.methodIndex("GET"), 200, 1);
            System.out.println(SCRAPE);
            System.out.writeBytes(exposition.render("text/plain").body());
            System.out.flush();
        }
    }
}
