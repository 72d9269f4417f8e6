package dev.fnwatchdog.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsRegistryTest {
    private final MetricsRegistry registry = new MetricsRegistry();

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
                .withMessageContaining("watchdog_a_total");
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

    private String text() {
        return PrometheusText.of(registry.scrape());
    }
}
