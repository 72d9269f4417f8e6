package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.DevelopedFunction;
import dev.fnwatchdog.undertow.fixture.FunctionJar;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests what a function in the watchdog's JVM adds to the metrics page. Proves specification 2.18. */
class InprocMetricsTest {
    @TempDir
    private Path folder;

    @AfterEach
    void clear() {
        PrometheusRegistry.defaultRegistry.clear();
    }

    /** Returns the settings of a function that counts its requests as {@code name}, in {@code file}. */
    private Map<String, String> counting(String name, String file) throws IOException {
        Path jar = new FunctionJar()
                .source("com.example.Handler", """
                        package com.example;

                        import io.prometheus.metrics.core.metrics.*;
                        import io.undertow.server.*;

                        public final class Handler implements HttpHandler {
                            private static final Gauge ORDERS = Gauge.builder().name("%s").help("h").register();

                            public void handleRequest(HttpServerExchange exchange) {
                                ORDERS.inc();
                            }
                        }
                        """.formatted(name))
                .write(folder, file);
        return Map.of("mode", "inproc", "function_path", jar.toString(), "handler", "com.example.Handler");
    }

    /** Proves specification 2.18. */
    @Test
    void aMetricOfTheFunctionIsOnThePageAndStartsAnewWithItsNextVersion() throws Exception {
        try (RunningWatchdog watchdog = DevelopedFunction.start(counting("orders", "one.jar"))) {
            watchdog.get("/");
            watchdog.get("/");
            assertThat(watchdog.metrics()).contains("\norders 2\n");

            DevelopedFunction.replace(watchdog, counting("orders", "two.jar"));
            watchdog.get("/");

            assertThat(watchdog.metrics()).contains("\norders 1\n");
        }
    }

    /** Proves specification 2.18. */
    @Test
    void aMetricOfTheFunctionWithANameOfTheWatchdogIsLeftOutWithAWarning() throws Exception {
        try (RunningWatchdog watchdog = DevelopedFunction.start(counting("http_requests_in_flight", "one.jar"))) {
            watchdog.get("/");

            assertThat(watchdog.metrics()).contains("\nhttp_requests_in_flight 0\n");
            watchdog.log()
                    .awaitLine(
                            "Metrics of the function are omitted, because the watchdog has metrics with the same names:"
                                    + " http_requests_in_flight");
        }
    }
}
