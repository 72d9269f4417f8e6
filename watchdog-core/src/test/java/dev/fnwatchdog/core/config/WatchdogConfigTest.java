package dev.fnwatchdog.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WatchdogConfigTest {
    /** Proves specification 1.1. */
    @Test
    void everySettingButTheCommandHasADefault() {
        WatchdogConfig config = Parsed.config("fprocess", "cat");

        Duration usual = Duration.ofSeconds(30);
        assertThat(config.port()).isEqualTo(8080);
        assertThat(config.metricsPort()).isEqualTo(8081);
        assertThat(config.timeouts()).isEqualTo(new Timeouts(usual, usual, usual, usual));
        assertThat(config.maxInflight()).isZero();
        assertThat(config.log())
                .isEqualTo(new LogConfig(LogConfig.Format.TEXT, true, 65536, false, false, false, false));
        assertThat(config.readyPath()).isEmpty();
        assertThat(config.lockFile()).isTrue();
        assertThat(config.jwtAuth()).isFalse();
        assertThat(config.warnings()).isEmpty();
        assertThat(config.temporaryDirectory()).isEqualTo(Path.of("/tmp"));
    }

    /** Proves specification 1.1. */
    @Test
    void settingsAreReadFromTheirVariables() {
        WatchdogConfig config = Parsed.config(
                "fprocess", "cat",
                "port", "0",
                "metrics_port", "65535",
                "exec_timeout", "0",
                "read_timeout", "1m30s",
                "write_timeout", "250ms",
                "healthcheck_interval", "5",
                "max_inflight", "100",
                "log_format", "json",
                "prefix_logs", "false",
                "log_buffer_size", "-1",
                "read_debug", "true",
                "write_debug", "true",
                "ready_path", "/a/%20b",
                "suppress_lock", "1",
                "TMPDIR", "/var/tmp");

        assertThat(config.port()).isZero();
        assertThat(config.metricsPort()).isEqualTo(65535);
        assertThat(config.timeouts())
                .isEqualTo(new Timeouts(
                        Duration.ZERO, Duration.ofSeconds(90), Duration.ofMillis(250), Duration.ofSeconds(5)));
        assertThat(config.maxInflight()).isEqualTo(100);
        assertThat(config.log()).isEqualTo(new LogConfig(LogConfig.Format.JSON, false, -1, false, false, true, true));
        assertThat(config.readyPath()).isEqualTo("/a/%20b");
        assertThat(config.lockFile()).isFalse();
        assertThat(config.temporaryDirectory()).isEqualTo(Path.of("/var/tmp"));
    }

    /** Proves specification 1.19. */
    @Test
    void healthcheckIntervalIsWriteTimeoutWhereItIsNotSet() {
        Timeouts timeouts =
                Parsed.config("fprocess", "cat", "write_timeout", "7s").timeouts();

        assertThat(timeouts.healthcheck()).isEqualTo(Duration.ofSeconds(7));
    }

    /** Proves specification 1.3. */
    @Test
    void anEmptyValueCountsAsNotSet() {
        WatchdogConfig config = Parsed.config(
                "fprocess", "cat", "port", "", "write_timeout", "", "prefix_logs", "", "mode", "", "TMPDIR", "");

        assertThat(config).isEqualTo(Parsed.config("fprocess", "cat"));
    }

    /** Proves specification 1.3. */
    @ParameterizedTest
    @CsvSource({"true, true", "TRUE, true", "True, true", "1, true", "false, false", "FALSE, false", "0, false"})
    void aBooleanIsReadInAnyCase(String text, boolean expected) {
        assertThat(Parsed.config("fprocess", "cat", "prefix_logs", text).log().prefix())
                .isEqualTo(expected);
    }

    /** Proves specification 1.3. */
    @ParameterizedTest
    @CsvSource({
        "log_callid, true, log_call_id, false",
        "log_callid, false, log_call_id, 1",
        "log_callid, '', log_call_id, true",
        "log_callid, true, log_call_id, ''",
    })
    void eitherNameOfABooleanTurnsItOn(String first, String one, String second, String other) {
        assertThat(Parsed.config("fprocess", "cat", first, one, second, other)
                        .log()
                        .callId())
                .isTrue();
    }

    /** Proves specification 1.3. */
    @Test
    void combineOutputAndHttpBufferReqBodyTurnTheirBooleansOn() {
        ModeConfig serializing = Parsed.config("mode", "serializing", "fprocess", "cat", "combine_output", "true")
                .mode();
        ModeConfig http = Parsed.config(
                        "mode", "http", "fprocess", "cat", "upstream_url", "http://h", "http_buffer_req_body", "1")
                .mode();

        assertThat(((ModeConfig.Serializing) serializing).combinedOutput()).isTrue();
        assertThat(((ModeConfig.Http) http).bufferRequestBody()).isTrue();
    }

    /** Proves specification 1.3. */
    @Test
    void functionProcessAndHttpUpstreamUrlWinOverTheirOtherNamesWithAWarning() {
        WatchdogConfig config = Parsed.config(
                "mode", "http",
                "fprocess", "a",
                "function_process", "b",
                "http_upstream_url", "http://c",
                "upstream_url", "http://d");

        ModeConfig.Http mode = (ModeConfig.Http) config.mode();
        assertThat(mode.command().program()).isEqualTo("b");
        assertThat(mode.upstream().getHost()).isEqualTo("c");
        assertThat(config.warnings())
                .containsExactly(
                        "fprocess has no effect: function_process takes precedence",
                        "upstream_url has no effect: http_upstream_url takes precedence");
    }

    /** Proves specification 1.3. */
    @Test
    void anEmptyValueDoesNotWinOverTheOtherNameOfASetting() {
        WatchdogConfig config = Parsed.config(
                "mode", "http",
                "fprocess", "a",
                "function_process", "",
                "http_upstream_url", "",
                "upstream_url", "http://d");

        ModeConfig.Http mode = (ModeConfig.Http) config.mode();
        assertThat(mode.command().program()).isEqualTo("a");
        assertThat(mode.upstream().getHost()).isEqualTo("d");
        assertThat(config.warnings()).isEmpty();
    }

    /** Proves specification 1.3. */
    @Test
    void twoNamesOfASettingWithTheSameValueCauseNoWarning() {
        assertThat(Parsed.config("fprocess", "a", "function_process", "a").warnings())
                .isEmpty();
    }

    /** Proves specification 1.7. */
    @Test
    void unknownVariablesAreIgnored() {
        assertThat(Parsed.config("fprocess", "cat", "timeout", "x", "PORT", "x", "Mode", "x", "PATH", "/bin"))
                .isEqualTo(Parsed.config("fprocess", "cat"));
    }

    /** Proves specification 1.7. */
    @Test
    void eachSettingWithoutEffectInTheModeCausesOneWarning() {
        assertThat(Parsed.config(
                                "fprocess", "cat",
                                "static_path", "/nonexistent",
                                "upstream_url", "http://h",
                                "buffer_http", "false",
                                "handler", "a.B",
                                "function_path", "/nonexistent.jar",
                                "combine_output", "true",
                                "static_spa", "")
                        .warnings())
                .containsExactly(
                        "upstream_url has no effect in mode streaming, only in http",
                        "buffer_http has no effect in mode streaming, only in http",
                        "static_path has no effect in mode streaming, only in static",
                        "combine_output has no effect in mode streaming, only in serializing",
                        "handler has no effect in mode streaming, only in inproc",
                        "function_path has no effect in mode streaming, only in inproc");
        assertThat(Parsed.config("mode", "inproc", "fprocess", "cat").warnings())
                .containsExactly("fprocess has no effect in mode inproc, only in streaming, serializing, http");
    }

    /** Proves specification 1.15. */
    @Test
    void portAndMetricsPortMayBothBeZero() {
        WatchdogConfig config = Parsed.config("fprocess", "cat", "port", "0", "metrics_port", "0");

        assertThat(config.port()).isZero();
        assertThat(config.metricsPort()).isZero();
    }

    /** Proves specification 1.14. */
    @ParameterizedTest
    @CsvSource({
        "http_upstream_url,http://127.0.0.1:8080",
        "http_upstream_url,http://localhost:8081/path",
        "upstream_url,http://LOCALHOST:9090",
        "upstream_url,http://[::1]:9090",
        "http_upstream_url,http://0.0.0.0:9090",
        "http_upstream_url,http://127.1.2.3"
    })
    void anUpstreamUrlThatNamesAPortOfTheWatchdogIsRefused(String name, String url) {
        Map<String, String> settings = new HashMap<>(Map.of("mode", "http", "fprocess", "cat", name, url));
        if (url.contains(":9090")) {
            settings.put("port", "9090");
        } else if (!url.contains(":80")) {
            settings.put("metrics_port", "80");
        }

        assertThat(Parsed.mistakes(settings))
                .containsExactly(name + "=\"" + url
                        + "\" cannot be used: expected the function's port, not port or metrics_port of the watchdog");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1:8082", "http://other:8080", "http://10.0.0.1:8080", "http://127.0.0.1"})
    void anUpstreamUrlOnAnotherPortOrHostIsAccepted(String url) {
        assertThat(Parsed.config("mode", "http", "fprocess", "cat", "http_upstream_url", url)
                        .warnings())
                .isEmpty();
    }

    /** Proves specification 1.15. */
    @Test
    void theSameNumberForPortAndMetricsPortIsRefused() {
        assertThat(Parsed.mistakes(Map.of("fprocess", "cat", "port", "8081")))
                .containsExactly(
                        "metrics_port=\"8081\" cannot be used: expected a port that differs from the setting port, or 0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/problem+json",
                "text/html; charset=utf-8",
                "text/html;charset=\"utf-8\"",
                "a/b ;"
            })
    void aMediaTypeIsAcceptedAsContentType(String text) {
        ModeConfig.Streaming mode = (ModeConfig.Streaming)
                Parsed.config("fprocess", "cat", "content_type", text).mode();

        assertThat(mode.output().contentType()).isEqualTo(text);
    }

    /** Proves specification 1.8. */
    @ParameterizedTest
    @CsvSource({
        "exec_timout, exec_timeout",
        "exec_timeuot, exec_timeout",
        "xexec_timeout_, exec_timeout",
        "max_inflght, max_inflight",
        "log_calid, log_callid",
        "log_call_idd, log_call_id",
        "handlr, handler",
        "OPENFAAS_NAMES, OPENFAAS_NAME"
    })
    void aVariableThatDiffersFromASettingByOneOrTwoLettersIsReportedWithTheSetting(String name, String setting) {
        assertThat(Parsed.config("fprocess", "cat", name, "1").warnings())
                .containsExactly(name + " is not a setting: the setting is " + setting);
    }

    /** Proves specification 1.7, 1.8. */
    @ParameterizedTest
    @ValueSource(strings = {"exec_tmot", "EXEC_TIMEOUT", "prt", "mod", "ports", "PATH", "log_callid", "x"})
    void aVariableThatDiffersByMoreOrFromAShortSettingIsNotReported(String name) {
        assertThat(Parsed.config("fprocess", "cat", name, "1").warnings()).isEmpty();
    }

    /** Proves specification 1.8. */
    @Test
    void aMisspelledVariableWithoutAValueIsNotReported() {
        assertThat(Parsed.config("fprocess", "cat", "exec_timout", "").warnings())
                .isEmpty();
    }

    /** Proves specification 1.11. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '!',
            value = {
                "sh f.sh | wc -l ! sh ! |",
                "a && b ! a ! &&",
                "a || b ! a ! ||",
                "cd /app; node index.js ! cd ! /app;",
                "a & ! a ! &",
                "a >out ! a ! >out",
                "a 2>&1 ! a ! 2>&1",
                "a < in ! a ! <",
            })
    void anUnquotedOperatorOfAShellInFprocessIsReported(String command, String program, String operator) {
        assertThat(Parsed.config("fprocess", command).warnings())
                .containsExactly("%s gets \"%s\" as an argument, because no shell runs fprocess: use sh -c '...'"
                        .formatted(program, operator));
    }

    /** Proves specification 1.11. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "sh -c 'a | b > c; d && e'",
                "cut -d '|' -f 1",
                "grep \">\" x",
                "find . -exec echo {} \\;",
                "expr 1 \\> 2",
                "awk '$1>2'",
                "a->b",
                "cat"
            })
    void aQuotedOperatorOfAShellIsNotReported(String command) {
        assertThat(Parsed.config("fprocess", command).warnings()).isEmpty();
    }

    /** Proves specification 1.9. */
    @ParameterizedTest
    @CsvSource({"service, '', 9090, 9090", "service, 7070, 9090, 7070", "'', '', 9090, 8080", "service, '', '', 8080"})
    void portIsPortOnlyUnderKserviceAndWithoutASettingOfItsOwn(String service, String own, String given, int port) {
        String[] settings = {"fprocess", "cat", "K_SERVICE", service, "port", own, "PORT", given};

        assertThat(Parsed.config(settings).port()).isEqualTo(port);
        assertThat(HealthcheckConfig.parse(Map.of("K_SERVICE", service, "port", own, "PORT", given))
                        .port())
                .isEqualTo(port);
    }

    /** Proves specification 1.9. */
    @Test
    void aWrongPortOfThePlatformIsReportedUnderItsOwnName() {
        assertThat(Parsed.mistakes(Map.of("fprocess", "cat", "K_SERVICE", "s", "PORT", "http")))
                .containsExactly("PORT=\"http\" cannot be used: expected a port from 0 to 65535");
    }

    @Test
    void withoutJwtAuthSettingsAreReadWithoutANamespaceFile() {
        assertThat(WatchdogConfig.parse(Map.of("fprocess", "cat"))).isEqualTo(Parsed.config("fprocess", "cat"));
    }

    /** Proves specification 1.18. */
    @Test
    void timeoutsConstructedWithAWriteTimeoutOfZeroAreRefused() {
        Duration second = Duration.ofSeconds(1);

        assertThatThrownBy(() -> new Timeouts(second, second, Duration.ZERO, second))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("HTTP write timeout must be over 0s");
    }

    @Test
    void anHttpModeConstructedWithAnUpstreamWithoutPortIsRefused() {
        CommandLine cat = CommandLine.parse("cat");

        assertThatThrownBy(() -> new ModeConfig.Http(cat, URI.create("http://h"), false, Duration.ZERO, ""))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("http_upstream_url");
    }
}
