package dev.fnwatchdog.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.config.InvalidConfigException.Mistake;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InvalidSettingsTest {
    /** Proves specification 1.4. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "port| -1",
                "port| 65536",
                "port| 80.5",
                "port| ` 80`",
                "port| `80 `",
                "port| ٨٠",
                "port| 8080/tcp",
                "port| 0x50",
                "port| 99999999999999999999",
                "metrics_port| 65536",
                "exec_timeout| 1.5",
                "exec_timeout| -1s",
                "exec_timeout| 1e3",
                "exec_timeout| ` 20 `",
                "exec_timeout| 9223372037",
                "exec_timeout| forever",
                "read_timeout| -1",
                "write_timeout| 10 s",
                "healthcheck_interval| 1d",
                "healthcheck_interval| write_timeout",
                "content_type| text",
                "content_type| text/",
                "content_type| text/plain, text/html",
                "content_type| text/plain; charset=ü",
                "http_buffer_req_body| yes",
                "buffer_http| on",
                "max_inflight| -1",
                "http2_max_streams| 0",
                "max_inflight| 2147483648",
                "max_inflight| 1e3",
                "max_inflight| ten",
                "max_waiting| -1",
                "max_waiting| 1",
                "log_callid| 2",
                "log_call_id| t",
                "prefix_logs| ` true`",
                "prefix_logs| falſe",
                "log_buffer_size| 0",
                "log_buffer_size| -2",
                "log_buffer_size| 64k",
                "log_buffer_size| 2147483648",
                "log_format| JSON",
                "log_format| logfmt",
                "ready_path| ready",
                "ready_path| /ready?deep=1",
                "ready_path| /a b",
                "ready_path| /a#b",
                "ready_path| /%zz",
                "ready_path| http://h/ready",
                "metrics_upstream_path| metrics",
                "metrics_upstream_path| /metrics?name=x",
                "static_spa| si",
                "suppress_lock| no",
                "combined_output| 10",
                "combine_output| -1",
                "read_debug| yes",
                "write_debug| yes",
                "cgi_headers| off",
                "cgi_response| on",
                "jwt_auth| yes",
                "jwt_auth_debug| yes",
                "jwt_auth_local| yes",
                "jwt_auth_authority| id.example.com",
                "jwt_auth_authority| ldap://id.example.com",
                "jwt_auth_authority| https://id.example.com/?tenant=a",
                "handler| com/example/Handler",
                "handler| com.example.",
                "handler| 1.Handler",
                "function_path| ::",
                "handler_concurrency| -1",
                "servlet_init| name",
                "servlet_init| =value",
                "http_upstream_url| h:3000",
                "upstream_url| wss://h",
                "fprocess| it's",
                "function_process| \"",
            })
    void aWrongValueIsRefusedInEveryModeWithNameValueAndExpectation(String name, String value) {
        for (String mode : new String[] {"inproc", "http"}) {
            Map<String, String> environment =
                    new HashMap<>(Map.of("mode", mode, "fprocess", "cat", "upstream_url", "http://127.0.0.1:3000"));
            environment.put(name, value);

            assertThat(Parsed.mistakes(environment))
                    .singleElement()
                    .asString()
                    .startsWith("%s=\"%s\" cannot be used: expected ".formatted(name, value));
        }
    }

    @Test
    void anInitParameterThatIsNamedTwiceIsRefused() {
        assertThat(Parsed.mistakes(Map.of("mode", "inproc", "servlet_init", "a=1\na=2")))
                .singleElement()
                .asString()
                .contains("each name once");
    }

    /** Proves specification 1.4. */
    @Test
    void allMistakesAreReportedInOneGoInTheOrderOfTheTable() {
        InvalidConfigException refusal = Parsed.refusal(Map.of(
                "mode", "static",
                "static_path", "/nonexistent",
                "port", "80a",
                "exec_timeout", "soon",
                "upstream_url", "localhost",
                "handler_concurrency", "-1",
                "jwt_auth", "true"));

        assertThat(refusal.mistakes())
                .extracting(Mistake::setting)
                .containsExactly(
                        "upstream_url",
                        "port",
                        "exec_timeout",
                        "handler_concurrency",
                        "static_path",
                        "OPENFAAS_NAME",
                        "OPENFAAS_NAMESPACE");
        assertThat(refusal.getMessage().lines()).hasSize(7);
    }

    /** Proves specification 1.4. */
    @Test
    void anUnknownModeAndTheOtherMistakesAreReportedTogether() {
        assertThat(Parsed.refusal(Map.of("mode", "ftp", "port", "x")).mistakes())
                .extracting(Mistake::setting)
                .containsExactly("mode", "port");
    }

    /** Proves specification 1.4. */
    @Test
    void wrongValuesUnderBothNamesOfASettingAreBothReported() {
        assertThat(Parsed.refusal(Map.of("fprocess", "it's", "function_process", "that's"))
                        .mistakes())
                .extracting(Mistake::setting)
                .containsExactly("function_process", "fprocess");
    }

    /** Proves specification 1.4. */
    @Test
    void aWrongValueUnderTheNameThatDoesNotWinIsReported() {
        assertThat(Parsed.mistakes(Map.of("fprocess", "it's", "function_process", "cat")))
                .singleElement()
                .asString()
                .startsWith("fprocess=");
    }

    /** Proves specification 1.18. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "0s", "0h0m"})
    void aWriteTimeoutOfZeroIsRefusedWithTheMessageOfOfWatchdog(String zero) {
        assertThat(Parsed.mistakes(Map.of("fprocess", "cat", "write_timeout", zero)))
                .singleElement()
                .asString()
                .startsWith("write_timeout=\"%s\" cannot be used".formatted(zero))
                .contains("HTTP write timeout must be over 0s");
    }

    /** Proves specification 1.4. */
    @Test
    void theRefusalOfAWrongValueNamesWhatIsExpected() {
        assertThat(Parsed.mistakes(Map.of("fprocess", "cat", "port", "65536")))
                .containsExactly("port=\"65536\" cannot be used: expected a port from 0 to 65535");
        assertThat(Parsed.mistakes(Map.of("fprocess", "cat", "prefix_logs", "yes")))
                .containsExactly("prefix_logs=\"yes\" cannot be used: expected true or 1, false or 0");
    }

    /** Proves specification 1.5. */
    @ParameterizedTest
    @CsvSource({
        "http://me:hunter2@h:3000, http://***@h:3000",
        "http://hunter2@h:3000/path, http://***@h:3000/path",
        "http://me:hunt/er2@h:3000, http://***@h:3000",
        "http://me:hunt er2@h:3000, http://***@h:3000",
        "http://me:hunt@er2@h:3000, http://***@h:3000",
        "http://me:x//hunter2@h:3000, http://***@h:3000",
        "hunter2@x//y@h, ***@h",
        "me:hunter2@h:3000, ***@h:3000",
        "http:/me:hunter2@h, ***@h",
    })
    void theRefusalOfAUrlHidesUserAndPassword(String url, String shown) {
        InvalidConfigException refusal = Parsed.refusal(
                Map.of("mode", "http", "fprocess", "cat", "upstream_url", url, "jwt_auth_authority", url));

        assertThat(refusal.mistakes()).hasSize(2).extracting(Mistake::value).containsOnly(shown);
        assertThat(refusal.getMessage()).doesNotContain("hunt").doesNotContain("er2");
        assertThat(refusal.mistakes().toString()).doesNotContain("hunt").doesNotContain("er2");
        assertThat(refusal).hasNoCause();
    }

    /** Proves specification 1.5. */
    @Test
    void theRefusalOfAValueWithControlCharactersIsOneLine() {
        assertThat(Parsed.refusal(Map.of("fprocess", "cat", "port", "1\n2\r\u001b[31m\u0085\u2028"))
                        .getMessage())
                .startsWith("port=\"1\\n2\\u000d\\u001b[31m\\u0085\\u2028\" cannot be used");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mode",
                "port",
                "exec_timeout",
                "content_type",
                "ready_path",
                "handler",
                "upstream_url",
                "jwt_auth",
                "jwt_auth_authority",
                "max_inflight"
            })
    void aWrongValueOfTheGreatestLengthThatTheSystemAllowsIsRefused(String name) {
        for (String piece : new String[] {"1", "a.", "/a", "1s", "%2F", "a/", "http://", "@"}) {
            String value = piece.repeat(130_000 / piece.length()) + "\n";

            assertThat(Parsed.refusal(Map.of("fprocess", "cat", name, value)).mistakes())
                    .extracting(Mistake::setting)
                    .containsExactly(name);
        }
    }

    @Test
    void aRefusalCanConsistOfOneMistake() {
        InvalidConfigException refusal = new InvalidConfigException("port", "x", "a port");

        assertThat(refusal).hasMessage("port=\"x\" cannot be used: expected a port");
        assertThat(refusal.mistakes()).containsExactly(new Mistake("port", "x", "a port"));
    }

    @Test
    void aTmpdirThatIsNotAPathIsRefused() {
        assertThat(Parsed.mistakes(Map.of("fprocess", "cat", "TMPDIR", "/tmp\0")))
                .containsExactly("TMPDIR=\"/tmp\\u0000\" cannot be used: expected a valid path of this system");
    }
}
