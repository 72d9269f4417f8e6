package dev.fnwatchdog.core.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.config.LogConfig;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves specification 6.16. */
class LogReceiverTest {
    private static final LogConfig CONFIG = new LogConfig(LogConfig.Format.JSON, true, 64, false, true, false, false);

    private final List<String> lines = new CopyOnWriteArrayList<>();

    private final LogReceiver receiver = new LogReceiver() {
        @Override
        public void watchdogLine(Level level, String text) {
            lines.add(level + " " + text);
            if (text.contains("poison")) {
                throw new IllegalStateException("poisoned");
            }
            if (text.contains("error")) {
                throw new AssertionError("an error");
            }
        }

        @Override
        public void functionLine(Output output, String text) {
            lines.add(output + " " + text);
        }
    };

    @Test
    void theWatchdogsOwnLinesAreReceivedWithTheirLevelAndWithoutTime() {
        try (WatchdogLog log = WatchdogLog.to(CONFIG, receiver)) {
            log.info("Listening\non é");
            log.warn("careful");
            log.error("broken");
            log.request(new AccessLogEntry(
                    "GET", "/", 200, "", 2, 2, 0, "", false, new AccessLogEntry.Caller("abc", "def", "", "")));
        }

        assertThat(lines)
                .containsExactly(
                        "INFO Listening\\non é",
                        "WARN careful",
                        "ERROR broken",
                        "INFO GET / - 200 - ContentLength: 2B (0.0000s) [abc]");
    }

    @Test
    void aStackTraceIsPartOfTheLineOfItsFailure() {
        try (WatchdogLog log = WatchdogLog.to(CONFIG, receiver)) {
            log.error("handler failed", new IllegalStateException("two\nlines"));
        }

        assertThat(lines).hasSize(1);
        assertThat(lines.get(0))
                .startsWith("ERROR handler failed\njava.lang.IllegalStateException: two\\nlines\n    at ");
    }

    @Test
    void linesOfTheFunctionAreReceivedAsTheyAreWithTheirStream() {
        try (WatchdogLog log = WatchdogLog.to(CONFIG, receiver)) {
            line(log.functionOutput(), "{\"a\":1}\r");
            line(log.functionErrors(), "\u0001\u001b[31m");
            line(log.requestErrors(), "");
        }

        assertThat(lines).containsExactlyInAnyOrder("STDOUT {\"a\":1}", "STDERR \u0001\u001b[31m", "STDERR ");
    }

    @Test
    void aLineWithoutLimitIsReceivedInPieces() {
        String longLine = "x".repeat(1_000_000);
        try (WatchdogLog log = WatchdogLog.to(CONFIG, receiver)) {
            for (int i = 0; i < 2; i++) {
                byte[] bytes =
                        longLine.substring(i * 500_000, (i + 1) * 500_000).getBytes(UTF_8);
                ReceiverStream stream = new ReceiverStream(receiver);
                stream.write(ReceiverStream.Kind.STDOUT.mark());
                stream.write(bytes, 0, bytes.length);
                stream.write('\n');
            }
            assertThat(log.describesCallers()).isTrue();
        }

        assertThat(lines).hasSizeGreaterThan(2).allMatch(line -> line.startsWith("STDOUT "));
        assertThat(lines.stream()
                        .mapToInt(line -> line.length() - "STDOUT ".length())
                        .sum())
                .isEqualTo(1_000_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"é", "€", "\ud83d\ude00"})
    void noCharacterIsSplitBetweenThePiecesOfALine(String character) {
        byte[] bytes = character.repeat(200_000).getBytes(UTF_8);
        for (int offset = 0; offset < bytes.length / 200_000; offset++) {
            lines.clear();
            ReceiverStream stream = new ReceiverStream(receiver);
            stream.write(ReceiverStream.Kind.STDOUT.mark());
            for (int i = 0; i < offset; i++) {
                stream.write('x');
            }
            for (int from = 0; from < bytes.length; from += 10_007) {
                stream.write(bytes, from, Math.min(10_007, bytes.length - from));
            }
            stream.write('\n');

            assertThat(lines).hasSizeGreaterThan(1);
            assertThat(lines).noneMatch(piece -> piece.contains("\ufffd"));
            assertThat(lines.stream()
                            .map(line -> line.substring("STDOUT ".length()))
                            .collect(Collectors.joining()))
                    .isEqualTo("x".repeat(offset) + character.repeat(200_000));
        }
    }

    @Test
    void bytesThatAreNoUtf8AreReceivedAsTheyCanBe() {
        byte[] bytes = new byte[300_000];
        Arrays.fill(bytes, (byte) 0x80);
        ReceiverStream stream = new ReceiverStream(receiver);
        stream.write(ReceiverStream.Kind.STDOUT.mark());
        stream.write(bytes, 0, bytes.length);
        stream.write('\n');

        assertThat(lines.get(0)).isEqualTo("STDOUT " + "\ufffd".repeat(bytes.length));
    }

    @Test
    void theLinesAfterAReceiverHasThrownAreReceived() {
        try (WatchdogLog log = WatchdogLog.to(CONFIG, receiver)) {
            log.info("poison");
            log.info("error");
            log.info("next");
        }

        assertThat(lines).containsExactly("INFO poison", "INFO error", "INFO next");
    }

    private static void line(LineSink sink, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        sink.line(bytes, 0, bytes.length);
    }
}
