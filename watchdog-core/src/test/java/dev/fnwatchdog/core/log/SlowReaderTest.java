package dev.fnwatchdog.core.log;

import static dev.fnwatchdog.core.log.RecordingLog.config;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.config.LogConfig.Format;
import dev.fnwatchdog.core.fixture.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Proves specification 6.15. */
class SlowReaderTest {
    private static final LogConfig TEXT = config(Format.TEXT, true, 65536);
    private static final byte[] LINE = "a line of the function's of some sixty bytes, newline and all".getBytes(UTF_8);
    private static final Pattern NOTICE = Pattern.compile("(\\d+) log lines dropped: the reader of (.*) is too slow");
    private static final int MANY = 100_000;

    @Test
    void theWatchdogsOwnLinesDoNotBlockWhenNothingReadsTheLog() throws Exception {
        try (PipedOutputStream unreadOutput = new PipedOutputStream(new PipedInputStream(1024));
                PipedOutputStream unreadErrors = fullPipe();
                WatchdogLog log = RecordingLog.start(TEXT, unreadOutput, unreadErrors)) {
            AccessLogEntry entry = new AccessLogEntry("GET", "/path", 200, "OK", 39, 39, 4_900_000, "", false);
            // 8 MB. This log waits up to ten minutes for room for the function's lines: the test does not survive one
            // such wait.
            for (int i = 0; i < MANY; i++) {
                log.request(entry);
            }
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void loggingDoesNotBlockWhenAPipeOfTheSystemIsFull() throws Exception {
        Process sleeping = new ProcessBuilder("sleep", "60").start();
        try (WatchdogLog log = WatchdogLog.start(TEXT, sleeping.getOutputStream(), sleeping.getOutputStream())) {
            LineSink output = log.functionOutput();
            LineSink errors = log.functionErrors();
            long start = System.nanoTime();
            for (int i = 0; i < MANY; i++) {
                log.info("own");
                output.line(LINE, 0, LINE.length);
                errors.line(LINE, 0, LINE.length);
            }
            // 17 MB: each stream waits once, for tens of milliseconds.
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
        } finally {
            sleeping.destroyForcibly().waitFor();
        }
    }

    @Test
    void theFunctionsOutputWaitsForASlowLogReaderOnceAndForAShortTime() throws Exception {
        try (PipedOutputStream unreadOutput = new PipedOutputStream(new PipedInputStream(1024));
                PipedOutputStream unreadErrors = fullPipe();
                WatchdogLog log =
                        WatchdogLog.start(TEXT, LogClock.system(), Duration.ofSeconds(1), unreadOutput, unreadErrors)) {
            LineSink sink = log.functionOutput();
            long start = System.nanoTime();
            for (int i = 0; i < MANY; i++) {
                sink.line(LINE, 0, LINE.length);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofSeconds(1), Duration.ofSeconds(10));
        }
    }

    @Test
    void errorLinesOfAnInvocationDoNotBlockAndTheLogReportsThatItIsBehind() throws Exception {
        try (PipedOutputStream unreadOutput = new PipedOutputStream(new PipedInputStream(1024));
                PipedOutputStream unreadErrors = fullPipe();
                WatchdogLog log = RecordingLog.start(TEXT, unreadOutput, unreadErrors)) {
            LineSink lines = log.requestErrors();
            LineSink others = log.requestErrors();
            assertThat(log.isBacklogged()).isFalse();
            // They wait neither for room (this log would wait ten minutes) nor for the end of another sink's line.
            others.part(LINE, 0, LINE.length);
            for (int i = 0; i < MANY; i++) {
                lines.line(LINE, 0, LINE.length);
                lines.part(LINE, 0, LINE.length);
                lines.cut(LINE, 0, LINE.length);
            }
            assertThat(log.isBacklogged()).isTrue();
        }
    }

    @Test
    void theWatchdogsOwnLineIsLoggedThoughTheFunctionFloodsTheLog() throws Exception {
        GatedOutput err = new GatedOutput();
        try (WatchdogLog log = WatchdogLog.start(TEXT, OutputStream.nullOutputStream(), err)) {
            LineSink sink = log.functionErrors();
            for (int i = 0; i < MANY; i++) {
                sink.line(LINE, 0, LINE.length);
            }
            // Longer than a line of the function, for which there might be room by chance.
            log.info("x".repeat(1000) + " still heard");
            err.open();
            Eventually.isTrue("logged", () -> err.text().contains("still heard"));
        }
    }

    @Test
    void theNumberOfDroppedStandardErrorLinesIsLogged() throws Exception {
        GatedOutput err = new GatedOutput();
        long counted;
        try (WatchdogLog log = WatchdogLog.start(TEXT, OutputStream.nullOutputStream(), err)) {
            for (int i = 0; i < MANY; i++) {
                log.info("own line");
            }
            counted = log.droppedLines();
            err.open();
            Eventually.isTrue("reported", () -> err.text().contains("dropped"));
            log.info("after");
        }

        List<String> lines = err.text().lines().toList();
        assertThat(dropped(err.text(), "standard error"))
                .isEqualTo(MANY - printed(lines, "own line"))
                .isEqualTo(counted);
        assertThat(printed(lines, "own line")).isBetween(30_000L, 60_000L);
        // The notice is in order: after the lines that were kept, before the later ones.
        assertThat(lines.get(lines.size() - 1)).endsWith("after");
        assertThat(lines.get(lines.size() - 2)).contains("dropped");
    }

    @Test
    void theNumberOfDroppedStandardOutputLinesIsLoggedOnStandardError() throws Exception {
        GatedOutput out = new GatedOutput();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (WatchdogLog log = WatchdogLog.start(config(Format.JSON, false, 65536), out, err)) {
            LineSink sink = log.functionOutput();
            for (int i = 0; i < MANY; i++) {
                sink.line(LINE, 0, LINE.length);
            }
            out.open();
            Eventually.isTrue("reported", () -> err.toString(UTF_8).contains("dropped"));
        }

        List<String> lines = out.text().lines().toList();
        assertThat(lines).allMatch(new String(LINE, UTF_8)::equals).hasSizeBetween(10_000, 20_000);
        assertThat(err.toString(UTF_8).lines())
                .allMatch(line -> line.contains("\"level\":\"warn\",\"severity\":\"WARNING\",\"msg\":\"")
                        && line.endsWith("\"}"));
        assertThat(dropped(err.toString(UTF_8), "standard output")).isEqualTo(MANY - lines.size());
    }

    @Test
    void linesAreLoggedAgainOnceTheReaderHasFreedBufferSpace() throws Exception {
        GatedOutput out = new GatedOutput();
        try (WatchdogLog log = WatchdogLog.start(TEXT, out, OutputStream.nullOutputStream())) {
            LineSink sink = log.functionOutput();
            for (int i = 0; i < MANY; i++) {
                sink.line(LINE, 0, LINE.length);
            }
            out.open();
            Eventually.isTrue("read again", () -> {
                sink.line("again".getBytes(UTF_8), 0, 5);
                return out.text().contains("stdout: again");
            });
        }
    }

    @Test
    void noLineIsLostWhenTheLogReaderIsSlowButKeepsReading() throws Exception {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        OutputStream busy = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("a byte at a time");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                read.write(bytes, offset, length);
                LockSupport.parkNanos(2_000_000);
            }
        };
        try (WatchdogLog log = RecordingLog.start(TEXT, busy, OutputStream.nullOutputStream())) {
            LineSink sink = log.functionOutput();
            for (int i = 0; i < MANY; i++) {
                sink.line(LINE, 0, LINE.length);
            }
        }
        assertThat(read.toString(UTF_8).lines().count()).isEqualTo(MANY);
    }

    @Test
    void aLineIsDroppedAsAWholeWhenAPartOfItDoesNotFitIntoTheBuffer() throws Exception {
        GatedOutput out = new GatedOutput();
        byte[] part = "p".repeat(60_000).getBytes(UTF_8);
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (WatchdogLog log = WatchdogLog.start(config(Format.TEXT, false, -1), out, err)) {
            LineSink sink = log.functionOutput();
            for (int i = 0; i < 100; i++) {
                sink.part(part, 0, part.length);
            }
            sink.line(part, 0, 1);
            out.open();
            Eventually.isTrue("reported", () -> err.toString(UTF_8).contains("dropped"));
            sink.line("next".getBytes(UTF_8), 0, 4);
        }

        assertThat(dropped(err.toString(UTF_8), "standard output")).isEqualTo(1);
        assertThat(out.text().lines()).hasSize(2).last().isEqualTo("next");
    }

    @Test
    void closingTheLogWaitsAtMostASecondForAReaderThatDoesNotRead() throws Exception {
        try (PipedOutputStream unread = new PipedOutputStream(new PipedInputStream(16))) {
            WatchdogLog log = WatchdogLog.start(TEXT, unread, unread);
            log.info("longer than sixteen bytes");
            log.functionOutput().line(LINE, 0, LINE.length);
            long start = System.nanoTime();
            log.close();

            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(900), Duration.ofSeconds(10));
            Eventually.isTrue(
                    "no thread is left",
                    () -> Thread.getAllStackTraces().keySet().stream()
                            .noneMatch(thread -> thread.getName().startsWith("watchdog-log-")));
        }
    }

    private static long printed(List<String> lines, String message) {
        return lines.stream().filter(line -> line.endsWith(" " + message)).count();
    }

    private static long dropped(String text, String stream) {
        Matcher notice = NOTICE.matcher(text);
        long sum = 0;
        while (notice.find()) {
            assertThat(notice.group(2)).isEqualTo(stream);
            sum += Long.parseLong(notice.group(1));
        }
        return sum;
    }

    /** An output whose first write blocks until {@link #open}. */
    private static final class GatedOutput extends OutputStream {
        private final CountDownLatch gate = new CountDownLatch(1);
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();

        void open() {
            gate.countDown();
        }

        String text() {
            return content.toString(UTF_8);
        }

        @Override
        public void write(int value) throws IOException {
            throw new IOException("a byte at a time");
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            try {
                gate.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("closed", e);
            }
            content.write(bytes, offset, length);
        }
    }

    /** A full pipe for one stream. Two writers of one full pipe would wake each other endlessly and starve its reader. */
    private static PipedOutputStream fullPipe() throws IOException {
        return new PipedOutputStream(new PipedInputStream(1));
    }
}
