package dev.fnwatchdog.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.metrics.Exposition.Page;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpositionTest {
    private final MetricsRegistry registry = new MetricsRegistry(MetricsSettings.load());
    private final Exposition exposition = new Exposition(registry);

    ExpositionTest() throws InvalidMetricsSettingsException {}

    /** Proves specification 2.9. */
    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {"*/*", "text/plain", "application/openmetrics-text;version=1.0.0,text/plain;q=0.1", "no type"})
    void theMetricsPageIsTextWhereverAcceptAllowsIt(@Nullable String accept) {
        Page page = exposition.render(accept);

        assertThat(page.contentType()).isEqualTo("text/plain; version=0.0.4; charset=utf-8");
        assertThat(text(page)).startsWith("# HELP ").endsWith("\n").doesNotContain("# EOF");
    }

    /** Proves specification 2.9. */
    @Test
    void theMetricsPageIsOpenMetricsWhereAcceptAllowsThatAlone() {
        RequestMetrics metrics = new RequestMetrics(registry);
        metrics.started();
        metrics.finished("GET", 200, 1_500_000_000);

        Page page = exposition.render("application/openmetrics-text; version=1.0.0");

        assertThat(page.contentType()).isEqualTo("application/openmetrics-text; version=1.0.0; charset=utf-8");
        assertThat(text(page))
                .contains(
                        "# TYPE http_requests counter\n",
                        "http_requests_total{code=\"200\",method=\"get\"} 1.0\n",
                        "http_request_duration_seconds_bucket{code=\"200\",method=\"get\",le=\"1.0\"} 0\n",
                        "http_request_duration_seconds_sum{code=\"200\",method=\"get\"} 1.5\n")
                .endsWith("\n# EOF\n");
    }

    /** Proves specification 2.15. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "# TYPE process_cpu_seconds_total counter|process_cpu_seconds_total \\d\\S*",
                "# TYPE process_open_fds gauge|process_open_fds \\d+",
                "# TYPE process_resident_memory_bytes gauge|process_resident_memory_bytes \\d\\S+",
                "# TYPE process_start_time_seconds gauge|process_start_time_seconds \\d\\S+e\\+09",
                "# TYPE process_max_fds gauge|process_max_fds \\d\\S*",
                "# TYPE process_virtual_memory_bytes gauge|process_virtual_memory_bytes \\d\\S+",
                "# TYPE jvm_memory_max_bytes gauge|jvm_memory_max_bytes\\{area=\"heap\"} \\d\\S+",
                "# TYPE jvm_memory_used_bytes gauge|jvm_memory_used_bytes\\{area=\"heap\"} \\d\\S+"
                        + "|jvm_memory_used_bytes\\{area=\"nonheap\"} \\d\\S+",
                "# TYPE jvm_threads_current gauge|jvm_threads_current \\d+",
                "# TYPE jvm_gc_collection_seconds summary|jvm_gc_collection_seconds_sum\\{gc=\"[^\"]+\"} \\S+"
                        + "|jvm_gc_collection_seconds_count\\{gc=\"[^\"]+\"} \\d\\S*",
            })
    void theMetricsPageDescribesTheProcessAndTheJvm(String lines) {
        assertThat(text(exposition.render(null))).containsPattern("(?m)^" + lines.replace("|", "\n") + "$");
    }

    @Test
    void everyMetricFamilyHasAHelpText() {
        new RequestMetrics(registry);
        String page = text(exposition.render(null));

        assertThat(page.lines().filter(line -> line.startsWith("# HELP")))
                .hasSameSizeAs(
                        page.lines().filter(line -> line.startsWith("# TYPE")).toList())
                .allMatch(line -> line.split(" ").length > 3);
    }

    private static String text(Page page) {
        return new String(page.body(), StandardCharsets.UTF_8);
    }
}
