package dev.fnwatchdog.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs in child JVMs: the moment at which classes are loaded, and variables of the environment. */
class MetricsProcessTest {
    private static final String SCRAPE = "-- scrape --";

    @Test
    void managementClassesAreNotLoadedBeforeTheFirstScrape() throws Exception {
        String output = run(Map.of(), "-verbose:class");

        int scrape = output.indexOf(SCRAPE);
        assertThat(scrape).isPositive();
        assertThat(output.substring(0, scrape))
                .contains(RequestMetrics.class.getName())
                .doesNotContain(
                        "java.lang.management.",
                        "sun.management.",
                        "io.prometheus.metrics.instrumentation.",
                        "io.prometheus.metrics.expositionformats.");
        assertThat(output.substring(scrape))
                .contains("java.lang.management.", "io.prometheus.metrics.instrumentation.");
    }

    /** Proves specification 2.11. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "IO_PROMETHEUS_METRICS_HISTOGRAM_CLASSIC_UPPER_BOUNDS",
                "IO_PROMETHEUS_METRICS_HTTP_REQUEST_DURATION_SECONDS_HISTOGRAM_CLASSIC_UPPER_BOUNDS"
            })
    void variablesOfTheLibrarySetTheBucketsOfTheRequestHistogram(String variable) throws Exception {
        String output = run(Map.of(variable, "0.1, 1, 60"), "-Xshare:auto");

        assertThat(output.lines().filter(line -> line.startsWith("http_request_duration_seconds_bucket")))
                .extracting(line -> line.replaceAll(".*le=", ""))
                .containsExactly("\"0.1\"} 1", "\"1\"} 1", "\"60\"} 1", "\"+Inf\"} 1");
    }

    /** Proves specification 2.11. */
    @Test
    void aPropertiesFileOfTheLibrarySetsTheBucketsOfTheRequestHistogram(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(
                folder.resolve("metrics.properties"), "io.prometheus.metrics.histogram_classic_upper_bounds = 2\n");

        assertThat(run(Map.of("PROMETHEUS_CONFIG", file.toString()), "-Xshare:auto"))
                .contains("le=\"2\"} 1\n")
                .doesNotContain("le=\"0.005\"");
    }

    /** Proves specification 2.11. */
    @Test
    void nativeHistogramsByDefaultLeaveTheRequestHistogramClassic() throws Exception {
        String output = run(Map.of("IO_PROMETHEUS_METRICS_HISTOGRAM_NATIVE_ONLY", "true"), "-Xshare:auto");

        assertThat(output).contains("http_request_duration_seconds_bucket{code=\"200\",method=\"get\",le=\"10\"} 1\n");
    }

    /** Proves specification 2.19. */
    @ParameterizedTest
    @CsvSource({
        "PROMETHEUS_CONFIG, /nonexistent, Failed to read Prometheus properties from /nonexistent: /nonexistent",
        "IO_PROMETHEUS_UNHEARD_OF, 1, IO_PROMETHEUS_UNHEARD_OF: Unknown property",
        "IO_PROMETHEUS_METRICS_HISTOGRAM_CLASSIC_UPPER_BOUNDS, many,"
                + " 'io.prometheus.metrics.histogram_classic_upper_bounds=many: Expecting comma separated list of double values'",
        "IO_PROMETHEUS_METRICS_HISTOGRAM_CLASSIC_UPPER_BOUNDS, NaN, Cannot use NaN as upper bound for a histogram",
        "IO_PROMETHEUS_METRICS_HTTP_REQUEST_DURATION_SECONDS_HISTOGRAM_NATIVE_ONLY, true,"
                + " 'http_request_duration_seconds: expected classic buckets, the only ones that the text format has'",
    })
    void aSettingOfTheLibraryThatCannotBeUsedIsRefusedInOneLine(String variable, String value, String reason)
            throws Exception {
        assertThat(run(Map.of(variable, value), "-Xshare:auto"))
                .isEqualTo("A setting of the Prometheus library cannot be used: " + reason + "\n");
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
            try {
                scrape(MetricsSettings.load());
            } catch (InvalidMetricsSettingsException e) {
                System.out.println(e.getMessage());
            }
        }

        private static void scrape(MetricsSettings settings) {
            MetricsRegistry registry = new MetricsRegistry(settings);
            RequestMetrics metrics = new RequestMetrics(registry);
            Exposition exposition = new Exposition(registry);
            registry.gauge("watchdog_upstream_connections", "connections", () -> 1);
            metrics.started();
            metrics.finished("GET", 200, 1);
            System.out.println(SCRAPE);
            System.out.writeBytes(exposition.render("text/plain").body());
            System.out.flush();
        }
    }
}
