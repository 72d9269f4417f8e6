package dev.fnwatchdog.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsRegistryTest {
    private final MetricsRegistry registry = new MetricsRegistry(MetricsSettings.load());

    MetricsRegistryTest() throws InvalidMetricsSettingsException {}

    @Test
    void aGaugeAndACounterAreReadAtEveryScrape() {
        LongAdder killed = new LongAdder();
        registry.counter("watchdog_functions_killed_total", "functions killed by timeout", killed::sum);
        registry.gauge("watchdog_upstream_connections", "connections to the function in use", () -> killed.sum() + .5);

        assertThat(text()).contains("""
                        # HELP watchdog_functions_killed_total functions killed by timeout
                        # TYPE watchdog_functions_killed_total counter
                        watchdog_functions_killed_total 0
                        # HELP watchdog_upstream_connections connections to the function in use
                        # TYPE watchdog_upstream_connections gauge
                        watchdog_upstream_connections 0.5
                        """);

        killed.add(3);

        assertThat(text()).contains("watchdog_functions_killed_total 3\n", "watchdog_upstream_connections 3.5\n");
    }

    @Test
    void aSecondMetricWithTheSameNameIsRefused() {
        registry.counter("watchdog_a_total", "h", () -> 0);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> registry.counter("watchdog_a_total", "h", () -> 0))
                .withMessageContaining("watchdog_a: duplicate metric name");
    }

    @Test
    void aCountThatTwoVersionsOfAFunctionShareGoesOn() {
        registry.shared("watchdog_starts_total", "h").add(2);
        registry.shared("watchdog_open", "h").increment();
        registry.removeFunction();

        registry.shared("watchdog_starts_total", "h").increment();
        registry.shared("watchdog_open", "h").decrement();

        assertThat(text())
                .contains("# TYPE watchdog_starts_total counter\nwatchdog_starts_total 3\n")
                .contains("# TYPE watchdog_open gauge\nwatchdog_open 0\n");
    }

    private enum Kind {
        READ,
        WRITE
    }

    @Test
    void aCounterWithALabelHasASeriesForEachValueFromTheBeginningAndGoesOnWhenItIsShared() {
        registry.shared("watchdog_timeouts_total", "h", "kind", Kind.class).increment(Kind.READ);
        registry.shared("watchdog_timeouts_total", "h", "kind", Kind.class).increment(Kind.READ);

        assertThat(text()).contains("""
                        # TYPE watchdog_timeouts_total counter
                        watchdog_timeouts_total{kind="read"} 2
                        watchdog_timeouts_total{kind="write"} 0
                        """);
    }

    @Test
    void aGaugeIsNotOnThePageWhileItHasNoValue() {
        registry.gauge("watchdog_a", "h", () -> Double.NaN);

        assertThat(text()).doesNotContain("watchdog_a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http_requests_total", "watchdog_forks"})
    void aCounterThatIsNotNamedAsACounterOfTheWatchdogIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> registry.counter(name, "h", () -> 0))
                .withMessageContaining(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"process_open_fds", "watchdog_forks_total"})
    void aGaugeThatIsNotNamedAsAGaugeOfTheWatchdogIsRefused(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> registry.gauge(name, "h", () -> 0))
                .withMessageContaining(name);
    }

    /** Proves specification 2.18. */
    @Test
    void metricsOfAnEmbeddingProgramAreOnThePageAndItsRegistryIsLeftAsItWas() throws Exception {
        PrometheusRegistry program = new PrometheusRegistry();
        Counter.builder().name("orders").help("h").register(program).inc();
        try (MetricsRegistry shared = new MetricsRegistry(MetricsSettings.load(), program)) {
            new RequestMetrics(shared);
            shared.gauge("watchdog_a", "h", () -> 1);

            assertThat(PrometheusText.of(shared.scrape()))
                    .contains("orders_total 1\n", "http_requests_in_flight 0\n", "watchdog_a 1\n");
            assertThat(PrometheusText.of(program.scrape()))
                    .contains("orders_total 1\n", "http_requests_in_flight 0\n", "watchdog_a 1\n")
                    .doesNotContain("jvm_");
        }

        assertThat(program.scrape().stream().map(family -> family.getMetadata().getName()))
                .containsExactly("orders");
    }

    /** Proves specification 2.15. */
    @Test
    void metricsOfTheJvmThatAnEmbeddingProgramHasRegisteredAreNotDoubled() throws Exception {
        PrometheusRegistry program = new PrometheusRegistry();
        JvmMetrics.builder().register(program);

        assertThat(PrometheusText.of(new MetricsRegistry(MetricsSettings.load(), program).scrape()))
                .containsOnlyOnce("# TYPE jvm_threads_current gauge\njvm_threads_current ");
    }

    @Test
    void aRegistryThatHasAMetricOfTheWatchdogAlreadyIsRefusedAndLeftAsItWas() throws Exception {
        PrometheusRegistry program = new PrometheusRegistry();
        Gauge.builder().name("http_requests_in_flight").help("h").register(program);
        MetricsRegistry shared = new MetricsRegistry(MetricsSettings.load(), program);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RequestMetrics(shared))
                .withMessageContaining("http_requests_in_flight");
        assertThat(program.scrape().size()).isEqualTo(1);
    }

    /** Proves specification 2.18. */
    @Test
    void metricsOfTheFunctionAreOnThePageUntilItsNextVersionRegistersTheSame() {
        List<String> warnings = new ArrayList<>();
        registry.includeFunction(warnings::add);
        try {
            Counter.builder().name("orders").help("h").register().inc();
            assertThat(text()).contains("orders_total 1\n");

            registry.removeFunction();
            Counter.builder().name("orders").help("h").register().inc(2);
            assertThat(text()).contains("orders_total 2\n");
        } finally {
            PrometheusRegistry.defaultRegistry.clear();
        }
        assertThat(warnings).isEmpty();
    }

    /** Proves specification 2.18. */
    @Test
    void aMetricOfTheFunctionWithANameOfTheWatchdogIsLeftOutWithOneWarning() {
        new RequestMetrics(registry);
        List<String> warnings = new ArrayList<>();
        registry.includeFunction(warnings::add);
        try {
            Gauge.builder().name("http_requests").help("h").register();
            Gauge.builder().name("jvm_threads_current").help("h").register().set(-1);
            Counter.builder().name("orders").help("h").register();
            text();

            assertThat(text())
                    .contains("orders_total 0\n")
                    .doesNotContain("\nhttp_requests 0", "jvm_threads_current -1");
        } finally {
            PrometheusRegistry.defaultRegistry.clear();
        }
        assertThat(warnings)
                .containsExactly(
                        "Metrics of the function are omitted, because the watchdog has metrics with the same names:"
                                + " http_requests, jvm_threads_current");
    }

    /** Proves specification 2.18. */
    @Test
    void aMetricOfTheFunctionThatThrowsDoesNotPreventThePage() {
        List<String> warnings = new ArrayList<>();
        registry.includeFunction(warnings::add);
        try {
            GaugeWithCallback.builder()
                    .name("broken")
                    .help("h")
                    .callback(callback -> {
                        throw new IllegalStateException("no value");
                    })
                    .register();

            assertThat(text()).contains("jvm_threads_current ");
        } finally {
            PrometheusRegistry.defaultRegistry.clear();
        }
        assertThat(warnings).singleElement().asString().contains("no value");
    }

    /** Proves specification 2.11. */
    @Test
    void familiesThatTheSettingsOfTheLibraryExcludeAreNotOnThePage() throws Exception {
        String setting = "io.prometheus.exporter.filter.metric_name_must_not_start_with";
        System.setProperty(setting, "jvm_,process_open_fds");
        try {
            MetricsRegistry filtered = new MetricsRegistry(MetricsSettings.load());

            assertThat(PrometheusText.of(filtered.scrape()))
                    .contains("process_max_fds ")
                    .doesNotContain("jvm_", "process_open_fds");
        } finally {
            System.clearProperty(setting);
        }
    }

    private String text() {
        return PrometheusText.of(registry.scrape());
    }
}
