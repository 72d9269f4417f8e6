package dev.fnwatchdog.core.process.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.config.CommandLine;
import dev.fnwatchdog.core.config.ModeConfig;
import dev.fnwatchdog.core.config.WatchdogConfig;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingSettingsTest {
    private static final Path JAVA = Path.of("/o'j dk/bin/java");

    private static Map<String, String> trained(Map<String, String> environment) {
        ModeConfig mode =
                WatchdogConfig.parse(TrainingSettings.anywhere(environment)).mode();
        return new TrainingSettings(JAVA, "a b.jar", upstream -> upstream.getScheme() + "://127.0.0.1:9")
                .of(environment, mode);
    }

    private static List<String> command(Map<String, String> settings) {
        return CommandLine.parse(settings.getOrDefault("fprocess", "")).words();
    }

    /** Proves specification 14.3. */
    @Test
    void portsAreFreeOnesAndTokensAndTheReadyPathAreOff() {
        Map<String, String> settings = trained(Map.of(
                "mode", "streaming",
                "fprocess", "cat",
                "port", "8080",
                "metrics_port", "8080",
                "ready_path", "/ready",
                "jwt_auth", "true",
                "exec_timeout", "1ms",
                "max_inflight", "7"));

        assertThat(settings)
                .containsEntry("port", "0")
                .containsEntry("metrics_port", "0")
                .containsEntry("healthcheck_interval", "0s")
                .containsEntry("ready_path", "")
                .containsEntry("exec_timeout", "30s")
                .containsEntry("max_inflight", "7")
                .doesNotContainKey("jwt_auth");
        assertThat(WatchdogConfig.parse(settings).jwtAuth()).isFalse();
    }

    /** Proves specification 14.3. */
    @ParameterizedTest
    @ValueSource(strings = {"http", "h2c"})
    void aFunctionWithAServerIsReplacedByAServerAndAProcessThatWaits(String scheme) {
        Map<String, String> settings = trained(Map.of(
                "mode", "http", "function_process", "node index.js", "upstream_url", scheme + "://localhost:3000/a"));

        assertThat(WatchdogConfig.parse(settings).mode())
                .isInstanceOfSatisfying(
                        ModeConfig.Http.class,
                        mode -> assertThat(mode.upstream()).hasToString(scheme + "://127.0.0.1:9"));
        assertThat(command(settings))
                .startsWith(JAVA.toString())
                .endsWith("-cp", "a b.jar", StandInProcess.class.getName());
    }

    /** Proves specification 14.3. */
    @ParameterizedTest
    @CsvSource({"streaming, false", "serializing, false", "streaming, true", "serializing, true"})
    void aFunctionOfProcessesIsReplacedByOneThatCopies(String mode, boolean cgi) {
        Map<String, String> environment =
                new HashMap<>(Map.of("mode", mode, "fprocess", "php index.php", "cgi_response", "" + cgi));

        List<String> command = command(trained(environment));

        assertThat(command).startsWith(JAVA.toString()).contains(StandInProcess.class.getName());
        assertThat(command.contains("--cgi")).isEqualTo(cgi);
    }

    /** Proves specification 14.3. */
    @Test
    void filesAndAHandlerAreTheRealOnes(@TempDir Path folder) {
        assertThat(trained(Map.of("mode", "static", "static_path", folder.toString())))
                .containsEntry("static_path", folder.toString());
        assertThat(trained(Map.of("mode", "inproc", "handler", "a.Handler"))).containsEntry("handler", "a.Handler");
    }
}
