package dev.fnwatchdog.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests settings that a program builds against the same settings as variables. Proves specification 1.4, 1.24. */
class WatchdogConfigBuilderTest {
    @TempDir
    private Path folder;

    private static WatchdogConfig parsed(String... pairs) {
        Map<String, String> environment = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            environment.put(pairs[i], pairs[i + 1]);
        }
        return WatchdogConfig.parse(environment);
    }

    @Test
    void builtSettingsAreThoseOfTheVariables() {
        assertThat(WatchdogConfig.builder()
                        .http(URI.create("http://127.0.0.1:3000/a"))
                        .function("node server.js")
                        .port(0)
                        .metricsPort(9000)
                        .execTimeout(Duration.ofMillis(1500))
                        .readTimeout(Duration.ZERO)
                        .writeTimeout(Duration.ofMinutes(90))
                        .healthcheckInterval(Duration.ofNanos(1))
                        .maxInflight(7)
                        .logFormat(LogConfig.Format.JSON)
                        .set("ready_path", "/ready")
                        .set("upstream_url", "http://127.0.0.1:4000")
                        .build())
                .isEqualTo(parsed(
                        "mode", "http",
                        "http_upstream_url", "http://127.0.0.1:3000/a",
                        "fprocess", "node server.js",
                        "port", "0",
                        "metrics_port", "9000",
                        "exec_timeout", "1.5s",
                        "read_timeout", "0",
                        "write_timeout", "1h30m",
                        "healthcheck_interval", "1ns",
                        "max_inflight", "7",
                        "log_format", "json",
                        "ready_path", "/ready",
                        "upstream_url", "http://127.0.0.1:4000"));
    }

    @Test
    void eachModeIsBuilt() {
        assertThat(WatchdogConfig.builder().streaming().function("cat").build())
                .isEqualTo(parsed("mode", "streaming", "fprocess", "cat"));
        assertThat(WatchdogConfig.builder().serializing().function("cat").build())
                .isEqualTo(parsed("mode", "serializing", "fprocess", "cat"));
        assertThat(WatchdogConfig.builder().files(folder).build())
                .isEqualTo(parsed("mode", "static", "static_path", folder.toString()));
        assertThat(WatchdogConfig.builder()
                        .inproc()
                        .handlerConcurrency(2)
                        .servletInit(Map.of("a.b", "c=d"))
                        .logFormat(LogConfig.Format.TEXT)
                        .build())
                .isEqualTo(parsed("mode", "inproc", "handler_concurrency", "2", "servlet_init", "a.b=c=d"));
    }

    @Test
    void mistakesAreReportedTogetherAndAnUnknownNameAtOnce() {
        WatchdogConfigBuilder builder = WatchdogConfig.builder()
                .http(URI.create("ftp://h"))
                .writeTimeout(Duration.ZERO)
                .port(70_000);
        assertThatThrownBy(builder::build)
                .isInstanceOfSatisfying(
                        InvalidConfigException.class,
                        refusal -> assertThat(refusal.mistakes())
                                .extracting(InvalidConfigException.Mistake::setting)
                                .contains("http_upstream_url", "port", "write_timeout", "fprocess"));
        assertThatThrownBy(() -> builder.set("exec_timout", "1s"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no setting exec_timout");
    }
}
