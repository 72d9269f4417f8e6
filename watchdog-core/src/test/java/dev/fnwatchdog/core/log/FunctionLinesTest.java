package dev.fnwatchdog.core.log;

import static dev.fnwatchdog.core.log.RecordingLog.JSON_TIME;
import static dev.fnwatchdog.core.log.RecordingLog.TIME;
import static dev.fnwatchdog.core.log.RecordingLog.config;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.config.LogConfig.Format;
import dev.fnwatchdog.core.fixture.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FunctionLinesTest {
    /** Proves specification 6.13. */
    @Test
    void eachFunctionLineGetsATimeAndStreamPrefixAndKeepsItsStream() {
        try (RecordingLog recording = RecordingLog.text()) {
            line(recording.log().functionOutput(), "to out");
            line(recording.log().functionErrors(), "to err");

            assertThat(recording.standardOutput()).isEqualTo(TIME + "stdout: to out\n");
            assertThat(recording.standardError()).isEqualTo(TIME + "stderr: to err\n");
        }
    }

    @Test
    void aFunctionLineWithPrefixLosesItsTrailingCarriageReturn() {
        try (RecordingLog recording = RecordingLog.text()) {
            line(recording.log().functionOutput(), "dos\r");
            line(recording.log().functionOutput(), "\r");
            line(recording.log().functionOutput(), "a\rb");

            assertThat(recording.standardOutput())
                    .isEqualTo(TIME + "stdout: dos\n" + TIME + "stdout: \n" + TIME + "stdout: a\rb\n");
        }
    }

    /** Proves specification 6.13. */
    @Test
    void withoutPrefixAFunctionLineIsPassedOnByteForByteInTextAndJson() {
        String everyByte = bytes(0, 9) + bytes(11, 256);
        for (Format format : Format.values()) {
            try (RecordingLog recording = new RecordingLog(config(format, false, 65536))) {
                LineSink sink = recording.log().functionOutput();
                line(sink, everyByte);
                line(sink, "dos\r");
                line(sink, "");

                assertThat(new String(recording.standardOutputBytes(), ISO_8859_1))
                        .isEqualTo(everyByte + "\ndos\r\n\n");
            }
        }
    }

    @Test
    void aFunctionLineWithPrefixKeepsBytesThatAreNotUtf8() {
        try (RecordingLog recording = RecordingLog.text()) {
            line(recording.log().functionOutput(), "\u00ff\u0080 caf\u00c3\u00a9");

            assertThat(new String(recording.standardOutputBytes(), ISO_8859_1))
                    .isEqualTo(TIME + "stdout: \u00ff\u0080 caf\u00c3\u00a9\n");
        }
    }

    /** Proves specification 6.10. */
    @Test
    void aFunctionLineInJsonIsAnObjectWithTimeStreamAndMsg() {
        try (RecordingLog recording = RecordingLog.json()) {
            line(recording.log().functionOutput(), "say \"hi\"\t\u00ff \u00c3\u00a9\r");
            line(recording.log().functionErrors(), "oops");

            assertThat(recording.standardOutput())
                    .isEqualTo(JSON_TIME + "\"stream\":\"stdout\",\"msg\":\"say \\\"hi\\\"\\t\\ufffd \u00e9\"}\n");
            assertThat(recording.standardError()).isEqualTo(JSON_TIME + "\"stream\":\"stderr\",\"msg\":\"oops\"}\n");
        }
    }

    /** Proves specification 6.10, 6.14. */
    @Test
    void aFunctionLineThatWasCutIsMarkedAndReported() {
        try (RecordingLog recording = new RecordingLog(config(Format.TEXT, true, 4))) {
            cut(recording.log().functionOutput(), "abcd");
            line(recording.log().functionOutput(), "next");

            assertThat(recording.standardOutput())
                    .isEqualTo(TIME + "stdout: abcd [cut at 4 bytes]\n" + TIME + "stdout: next\n");
            assertThat(recording.standardError())
                    .isEqualTo(TIME + "Error reading stdout: bufio.Scanner: token too long\n");
        }
        try (RecordingLog recording = new RecordingLog(config(Format.TEXT, false, 4))) {
            cut(recording.log().functionErrors(), "abcd");

            assertThat(recording.standardError())
                    .isEqualTo(
                            "abcd [cut at 4 bytes]\n" + TIME + "Error reading stderr: bufio.Scanner: token too long\n");
        }
        try (RecordingLog recording = new RecordingLog(config(Format.JSON, true, 4))) {
            cut(recording.log().functionErrors(), "abcd");

            assertThat(recording.standardError())
                    .isEqualTo(
                            JSON_TIME + "\"stream\":\"stderr\",\"msg\":\"abcd\",\"cut\":true}\n" + JSON_TIME
                                    + "\"level\":\"error\",\"severity\":\"ERROR\",\"msg\":\"Error reading stderr: bufio.Scanner: token too long\"}\n");
        }
    }

    @Test
    void aFunctionLineThatArrivesInPartsIsLoggedAsOneLine() {
        try (RecordingLog recording = RecordingLog.json()) {
            LineSink sink = recording.log().functionErrors();
            part(sink, "one ");
            recording.log().info("own");
            line(recording.log().functionErrors(), "other");
            part(sink, "two ");
            line(sink, "three\r");
            line(sink, "next");

            assertThat(recording.standardError())
                    .isEqualTo(JSON_TIME + "\"stream\":\"stderr\",\"msg\":\"one two three\"}\n" + JSON_TIME
                            + "\"level\":\"info\",\"severity\":\"INFO\",\"msg\":\"own\"}\n" + JSON_TIME
                            + "\"stream\":\"stderr\",\"msg\":\"other\"}\n" + JSON_TIME
                            + "\"stream\":\"stderr\",\"msg\":\"next\"}\n");
        }
    }

    /** Proves specification 6.11. */
    @Test
    void aFunctionLineThatIsAJsonObjectPassesAsItIs() {
        try (RecordingLog recording = RecordingLog.json()) {
            LineSink sink = recording.log().functionOutput();
            line(sink, "{\"severity\": \"INFO\", \"n\":[1]}\r");
            line(sink, "{no object}");
            part(sink, "{\"a\":");
            line(sink, "1}");

            assertThat(recording.standardOutput())
                    .isEqualTo("{\"severity\": \"INFO\", \"n\":[1]}\n"
                            + JSON_TIME + "\"stream\":\"stdout\",\"msg\":\"{no object}\"}\n"
                            + JSON_TIME + "\"stream\":\"stdout\",\"msg\":\"{\\\"a\\\":1}\"}\n");
        }
    }

    @Test
    void aFunctionLineThatArrivesInPartsIsMarkedWhereItIsCut() {
        try (RecordingLog recording = new RecordingLog(config(Format.TEXT, false, 8))) {
            LineSink sink = recording.log().functionOutput();
            part(sink, "1234");
            cut(sink, "5678");

            assertThat(recording.standardOutput()).isEqualTo("12345678 [cut at 8 bytes]\n");
        }
    }

    @Test
    void anUnfinishedFunctionLineDoesNotHoldBackOtherLinesForLong() throws Exception {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (WatchdogLog log =
                RecordingLog.start(config(Format.JSON, true, -1), OutputStream.nullOutputStream(), err)) {
            LineSink stalled = log.functionErrors();
            part(stalled, "begun");
            log.info("own");
            Eventually.isTrue("own line", () -> err.toString(UTF_8).contains("own"));
            part(stalled, "gone on");
            line(stalled, "ended");
        }

        assertThat(err.toString(UTF_8))
                .isEqualTo(JSON_TIME + "\"stream\":\"stderr\",\"msg\":\"begun\"}\n" + JSON_TIME
                        + "\"level\":\"info\",\"severity\":\"INFO\",\"msg\":\"own\"}\n" + JSON_TIME
                        + "\"stream\":\"stderr\",\"msg\":\"gone onended\"}\n");
    }

    @Test
    void twoFunctionLinesThatArriveInPartsAtOnceAreNotMixed() throws Exception {
        try (RecordingLog recording = RecordingLog.text()) {
            LineSink first = recording.log().functionErrors();
            LineSink second = recording.log().functionErrors();
            part(first, "first ");
            CompletableFuture<Void> other = CompletableFuture.runAsync(() -> {
                part(second, "second ");
                line(second, "ends");
            });
            part(first, "goes on ");
            line(first, "and ends");
            other.get();

            assertThat(recording.standardError())
                    .satisfiesAnyOf(
                            text -> assertThat(text)
                                    .isEqualTo(
                                            TIME + "stderr: first goes on and ends\n" + TIME + "stderr: second ends\n"),
                            text -> assertThat(text)
                                    .isEqualTo(TIME + "stderr: second ends\n" + TIME
                                            + "stderr: first goes on and ends\n"));
        }
    }

    private static String bytes(int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int value = from; value < to; value++) {
            text.append((char) value);
        }
        return text.toString();
    }

    private static void line(LineSink sink, String wire) {
        sink.line(("[" + wire + "]").getBytes(ISO_8859_1), 1, wire.length());
    }

    private static void part(LineSink sink, String wire) {
        sink.part(wire.getBytes(ISO_8859_1), 0, wire.length());
    }

    private static void cut(LineSink sink, String wire) {
        sink.cut(wire.getBytes(ISO_8859_1), 0, wire.length());
    }
}
