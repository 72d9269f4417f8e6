package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the packaged jar with the variables of Knative and Cloud Run, and with mistakes that are only reported. */
class StartupVariablesIT {
    /** Proves specification 1.9. */
    @Test
    void theWatchdogListensOnPortAndTheFunctionGetsThePortOfItsUpstream() throws Exception {
        int port = FreePort.any();
        int upstream = FreePort.any();
        try (PackagedWatchdog watchdog = PackagedWatchdog.with("mode", "http", "metrics_port", "0")
                .set("fprocess", "sh -c 'echo PORT is $PORT; exec sleep 600'")
                .set("http_upstream_url", "http://127.0.0.1:" + upstream, "K_SERVICE", "hello", "PORT", "" + port)
                .start()) {
            watchdog.awaitLine("PORT is " + upstream);
            watchdog.awaitLine("Metrics listening");

            assertThat(watchdog.port()).isEqualTo(port);
            assertThat(watchdog.get("/_/health").statusCode()).isEqualTo(200);
        }
    }

    /** Proves specification 1.11, 4.8. */
    @ParameterizedTest
    @ValueSource(strings = {"streaming", "serializing"})
    void aMissingProgramAndAnOperatorOfAShellAreReportedAtStartup(String mode) throws Exception {
        try (PackagedWatchdog watchdog = PackagedWatchdog.with(
                        "mode", mode, "fprocess", "nosuch | wc -l", "port", "0", "metrics_port", "0")
                .startReady()) {
            assertThat(watchdog.err())
                    .anyMatch(line -> line.endsWith(
                            " nosuch gets \"|\" as an argument, because no shell runs fprocess: use sh -c '...'"))
                    .anyMatch(
                            line -> line.endsWith(
                                    " Requests fail until this is corrected: cannot start \"nosuch\": no such file or directory"));
            assertThat(watchdog.get("/").statusCode()).isEqualTo(500);
        }
    }

    /** Proves specification 1.8. */
    @Test
    void aMisspelledSettingIsReportedAtStartup() throws Exception {
        try (PackagedWatchdog watchdog = PackagedWatchdog.with(
                        "fprocess", "cat", "port", "0", "metrics_port", "0", "exec_timout", "5s")
                .startReady()) {
            assertThat(watchdog.err())
                    .anyMatch(line -> line.endsWith(" exec_timout is not a setting: the setting is exec_timeout"));
        }
    }
}
