package dev.fnwatchdog.core.log;

import static dev.fnwatchdog.core.log.RecordingLog.JSON_TIME;
import static dev.fnwatchdog.core.log.RecordingLog.TIME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.config.LogConfig;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves specification 6.4. */
class AccessLogLineTest {
    private static final AccessLogEntry ENTRY =
            new AccessLogEntry("GET", "/path?query", 200, "OK", 39, 41, 4_900_000, "", false);

    @Test
    void anAccessLogLineHasMethodTargetStatusReasonSizeAndSeconds() {
        assertThat(text(ENTRY)).isEqualTo(TIME + "GET /path?query - 200 OK - ContentLength: 39B (0.0049s)\n");
    }

    @Test
    void anAccessLogLineWithoutReasonPhraseHasTheStatusAlone() {
        AccessLogEntry entry = new AccessLogEntry("POST", "/", 500, "", -1, 0, 1_234_567_890, "", false);

        assertThat(text(entry)).isEqualTo(TIME + "POST / - 500 - ContentLength: -1B (1.2346s)\n");
    }

    @ParameterizedTest(name = "{0} ns are {1}")
    @CsvSource({
        "0, 0.0000s",
        "49999, 0.0000s",
        "50000, 0.0001s",
        "999949999, 0.9999s",
        "999950000, 1.0000s",
        "86400000000000, 86400.0000s",
    })
    void theSecondsOfAnAccessLogLineAreRoundedToFourDecimals(long nanos, String seconds) {
        assertThat(text(new AccessLogEntry("GET", "/", 200, "OK", 0, 0, nanos, "", false)))
                .endsWith("ContentLength: 0B (" + seconds + ")\n");
    }

    /** Proves specification 6.6. */
    @ParameterizedTest(name = "\"{0}\" shows {1}")
    @CsvSource({"'', [none]", "abc-1, [abc-1]", "'a]\u001b[2J', '[a]\\x1b[2J]'"})
    void withLogCallidAnAccessLogLineEndsWithTheCallIdOrNone(String callId, String shown) {
        LogConfig config = new LogConfig(LogConfig.Format.TEXT, true, 65536, true, false, false, false);
        AccessLogEntry entry = new AccessLogEntry("GET", "/", 200, "OK", 0, 0, 0, callId, false);
        try (RecordingLog recording = new RecordingLog(config)) {
            recording.log().request(entry);

            assertThat(recording.standardError()).endsWith(" (0.0000s) " + shown + "\n");
        }
    }

    /** Proves specification 8.8. */
    @ParameterizedTest(name = "{0} ns are {1}")
    @CsvSource({
        "0, 0s",
        "499999, 0s",
        "500000, 1ms",
        "2000000, 2ms",
        "999000000, 999ms",
        "1000000000, 1s",
        "1500000000, 1.5s",
        "1250000000, 1.25s",
        "1001000000, 1.001s",
        "60000000000, 1m0s",
        "3600000000000, 1h0m0s",
        "3723004000000, 1h2m3.004s",
    })
    void aDeniedRequestIsLoggedAsAccessDeniedWithoutItsQuery(long nanos, String duration) {
        assertThat(text(new AccessLogEntry("GET", "/path?token=x", 401, "Unauthorized", 9, 9, nanos, "", true)))
                .isEqualTo(TIME + "GET /path - 401 ACCESS DENIED - (" + duration + ")\n");
    }

    /** Proves specification 6.8. */
    @ParameterizedTest(name = "{1}")
    @CsvSource({
        "'/a\nb', /a\\nb",
        "'/a\r\t\u000b\f\b\u0007', /a\\r\\t\\v\\f\\b\\a",
        "'/\u001b[31m\u0000\u007f', /\\x1b[31m\\x00\\x7f",
        "/\\{}|^\"`, /\\{}|^\"`",
    })
    void controlCharactersOfTheClientAreEscapedInAnAccessLogLine(String target, String shown) {
        assertThat(text(new AccessLogEntry("GET", target, 200, "", 0, 0, 0, "", false)))
                .startsWith(TIME + "GET " + shown + " - 200 - ");
        assertThat(text(new AccessLogEntry(target, "/", 200, "", 0, 0, 0, "", false)))
                .startsWith(TIME + shown + " / - 200 - ");
        assertThat(text(new AccessLogEntry("GET", "/", 200, target, 0, 0, 0, "", false)))
                .startsWith(TIME + "GET / - 200 " + shown + " - ");
    }

    /** Proves specification 6.8. */
    @ParameterizedTest(name = "{1}")
    @CsvSource({
        "/caf\u00e9/\u65e5\u672c/\ud83d\ude00, /caf\u00e9/\u65e5\u672c/\ud83d\ude00",
        "/\u009b31m, /\\u009b31m",
        "/\u0085x\u2028y\u2029, /\\u0085x\\u2028y\\u2029",
        "/\u202egpj, /\\u202egpj",
        "/\udb40\udc41, /\\U000e0041",
    })
    void utf8InATargetIsShownAndCharactersThatATerminalActsUponAreEscaped(String target, String shown) {
        assertThat(text(new AccessLogEntry("GET", onTheWire(target), 200, "", 0, 0, 0, "", false)))
                .startsWith(TIME + "GET " + shown + " - 200 - ");
        assertThat(text(new AccessLogEntry("GET", target, 200, "", 0, 0, 0, "", false)))
                .as("decoded already, but for what looks like bytes of the wire")
                .contains(target.contains("\u00e9") || target.contains("\u009b") ? "GET /" : shown);
    }

    /** Proves specification 6.8. */
    @Test
    void targetBytesThatAreNotUtf8AppearAsNumbersInAnAccessLogLine() {
        assertThat(text(new AccessLogEntry("GET", "/\u009b31m\u00ff\u00c3", 200, "", 0, 0, 0, "", false)))
                .startsWith(TIME + "GET /\\x9b31m\\xff\\xc3 - 200 - ");
    }

    /** Proves specification 6.8. */
    @Test
    void aTargetOfOneMebibyteIsCutAndMarkedInAnAccessLogLine() {
        String line = text(new AccessLogEntry("GET", "/" + "a".repeat(1 << 20), 200, "", 0, 0, 0, "", false));

        assertThat(line).hasSizeLessThan(40_000).contains("aaa [cut] - 200 - ContentLength");
    }

    /** Proves specification 6.9. */
    @Test
    void anAccessLogLineInJsonIsOneObjectWithTheFieldsOfTheRequest() {
        AccessLogEntry entry = new AccessLogEntry("GET", "/a\"\\b?q=1", 200, "OK", 39, 41, 4_900_000, "id-1", false);

        assertThat(json(entry))
                .isEqualTo(JSON_TIME
                        + "\"level\":\"info\",\"severity\":\"INFO\",\"msg\":\"call\",\"method\":\"GET\",\"path\":\"/a\\\"\\\\b?q=1\","
                        + "\"status\":200,\"bytes\":41,\"duration_seconds\":0.004900,\"call_id\":\"id-1\"}\n");
    }

    /** Proves specification 6.12. */
    @Test
    void anAccessLogLineInJsonTellsWhoHasSentTheRequest() {
        AccessLogEntry.Caller caller = new AccessLogEntry.Caller("0af7", "b7ad", "curl/8 \"x\"", "10.0.0.1");

        assertThat(json(new AccessLogEntry("GET", "/", 200, "", 0, 0, 0, "", false, caller)))
                .endsWith(",\"call_id\":\"\",\"trace_id\":\"0af7\",\"span_id\":\"b7ad\","
                        + "\"user_agent\":\"curl/8 \\\"x\\\"\",\"remote_addr\":\"10.0.0.1\"}\n");
    }

    /** Proves specification 6.7. */
    @Test
    void aTextAccessLogLineEndsWithItsTraceIdBehindItsCallId() {
        LogConfig config = new LogConfig(LogConfig.Format.TEXT, true, 65536, true, true, false, false);
        AccessLogEntry.Caller caller = new AccessLogEntry.Caller("0af7", "b7ad", "", "");
        try (RecordingLog recording = new RecordingLog(config)) {
            recording.log().request(new AccessLogEntry("GET", "/", 200, "", 0, 0, 0, "id", false, caller));
            recording.log().request(new AccessLogEntry("GET", "/", 200, "", 0, 0, 0, "", false));

            assertThat(recording.standardError().lines())
                    .satisfiesExactly(
                            line -> assertThat(line).endsWith("s) [id] [0af7]"),
                            line -> assertThat(line).endsWith("s) [none] [none]"));
        }
    }

    /** Proves specification 6.9, 8.8. */
    @Test
    void aDeniedRequestInJsonIsOneObjectWithoutItsQuery() {
        AccessLogEntry entry = new AccessLogEntry("GET", "/a?token=x", 403, "", 1, 27, 2_000_000_000, "", true);

        assertThat(json(entry))
                .isEqualTo(JSON_TIME
                        + "\"level\":\"info\",\"severity\":\"INFO\",\"msg\":\"access denied\",\"method\":\"GET\",\"path\":\"/a\","
                        + "\"status\":403,\"bytes\":27,\"duration_seconds\":2.000000,\"call_id\":\"\"}\n");
    }

    /** Proves specification 6.8. */
    @Test
    void controlCharactersOfATargetAreEscapedInAJsonAccessLogLine() {
        String target = "/\n\r\t\b\f\u001b\u007f\u009b" + onTheWire("\u0085\u2028\u00e9\ud83d\ude00\udb40\udc41");

        assertThat(json(new AccessLogEntry("GET", target, 200, "", 0, 0, 0, "", false)))
                .contains("\"path\":\"/\\n\\r\\t\\b\\f\\u001b\\u007f\\ufffd\\u0085\\u2028\u00e9\ud83d\ude00"
                        + "\\udb40\\udc41\"");
    }

    private static String onTheWire(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    private static String text(AccessLogEntry entry) {
        try (RecordingLog recording = RecordingLog.text()) {
            recording.log().request(entry);
            return recording.standardError();
        }
    }

    private static String json(AccessLogEntry entry) {
        try (RecordingLog recording = RecordingLog.json()) {
            recording.log().request(entry);
            return recording.standardError();
        }
    }
}
