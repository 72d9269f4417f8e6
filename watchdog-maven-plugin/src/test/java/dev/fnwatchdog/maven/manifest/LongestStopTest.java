package dev.fnwatchdog.maven.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.config.WatchdogConfig;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LongestStopTest {
    /** Proves specification 10.6. */
    @ParameterizedTest(name = "{0}, write {1}, interval {2}: {3} s")
    @CsvSource({
        "http, 30s, 30s, 75",
        "inproc, 30s, 30s, 75",
        "streaming, 30s, 30s, 70",
        "serializing, 30s, 30s, 70",
        "static, 30s, 30s, 70",
        "http, 5s, 1s, 21",
        "http, 1500ms, 0s, 17",
        "http, 1h, 2m, 3735"
    })
    void theLongestStopHasThePhasesOfAShutdownAtTheirLongest(String mode, String write, String interval, long seconds) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "mode",
                mode,
                "write_timeout",
                write,
                "healthcheck_interval",
                interval,
                "static_path",
                "/",
                "handler",
                "a.B",
                "http_upstream_url",
                "http://127.0.0.1:1"));
        settings.put("fprocess", "cat");

        assertThat(LongestStop.seconds(WatchdogConfig.parse(settings))).isEqualTo(seconds);
    }
}
