package dev.fnwatchdog.core.log;

import static dev.fnwatchdog.core.log.RecordingLog.JSON_TIME;
import static dev.fnwatchdog.core.log.RecordingLog.TIME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.fixture.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WatchdogLogTest {
    /** Proves specification 6.1. */
    @Test
    void theWatchdogsOwnLinesGoToStandardErrorAlone() {
        try (RecordingLog recording = RecordingLog.text()) {
            recording.log().info("Listening on port: 8080");
            recording.log().warn("static_path has no effect");
            recording.log().error("Forked function has terminated: exit status 1");

            assertThat(recording.standardError())
                    .isEqualTo(TIME + "Listening on port: 8080\n" + TIME + "static_path has no effect\n" + TIME
                            + "Forked function has terminated: exit status 1\n");
            assertThat(recording.standardOutput()).isEmpty();
        }
    }

    /** Proves specification 6.9. */
    @Test
    void inJsonTheWatchdogsOwnLinesAreObjectsWithTimeLevelAndMsg() {
        try (RecordingLog recording = RecordingLog.json()) {
            recording.log().info("Listening \"now\"");
            recording.log().warn("two\nlines");
            recording.log().error("caf\u00e9 \u009b \ud800");

            assertThat(recording.standardError())
                    .isEqualTo(JSON_TIME
                            + "\"level\":\"info\",\"severity\":\"INFO\",\"msg\":\"Listening \\\"now\\\"\"}\n"
                            + JSON_TIME
                            + "\"level\":\"warn\",\"severity\":\"WARNING\",\"msg\":\"two\\nlines\"}\n" + JSON_TIME
                            + "\"level\":\"error\",\"severity\":\"ERROR\",\"msg\":\"caf\u00e9 \\u009b \\ud800\"}\n");
        }
    }

    /** Proves specification 6.8. */
    @Test
    void controlCharactersInTheWatchdogsOwnLinesAreEscaped() {
        try (RecordingLog recording = RecordingLog.text()) {
            recording.log().info("a\nb\u001b[0m\u0085\u2028\ud800 caf\u00e9 \ud83d\ude00");

            assertThat(recording.standardError())
                    .isEqualTo(TIME + "a\\nb\\x1b[0m\\u0085\\u2028\\ud800 caf\u00e9 \ud83d\ude00\n");
        }
    }

    /** Proves specification 6.8, 6.9. */
    @Test
    void aNewlineInTheMessageOfAThrowableCannotForgeALogLine() {
        Exception cause = new IllegalStateException("bad\n2006/01/02 15:04:05 forged");
        try (RecordingLog recording = RecordingLog.text()) {
            recording.log().error("handler failed", new IOException("outer", cause));

            assertThat(recording.standardError().lines())
                    .startsWith(TIME + "handler failed", "java.io.IOException: outer")
                    .contains("Caused by: java.lang.IllegalStateException: bad\\n2006/01/02 15:04:05 forged")
                    .anyMatch(line -> line.startsWith("    at dev.fnwatchdog.core.log.WatchdogLogTest."));
        }
        try (RecordingLog recording = RecordingLog.json()) {
            recording.log().error("handler failed", new IOException("outer", cause));

            assertThat(recording.standardError().lines())
                    .singleElement()
                    .asString()
                    .startsWith(JSON_TIME + "\"level\":\"error\",\"severity\":\"ERROR\",\"msg\":\"handler failed\","
                            + "\"stack\":\"java.io.IOException: outer\\n    at ");
        }
    }

    @Test
    void theStackTraceOfCyclicCausesIsLoggedAndEnds() {
        Exception first = new IllegalStateException("first");
        first.initCause(new IllegalStateException("second", first));
        try (RecordingLog recording = RecordingLog.text()) {
            recording.log().error("ring", first);

            assertThat(recording.standardError().lines()).hasSizeBetween(100, 1300);
        }
    }

    @Test
    void aLogMessageOfSeveralMegabytesIsCutAndMarked() {
        try (RecordingLog recording = RecordingLog.json()) {
            recording.log().info("\u0001".repeat(5_000_000));

            assertThat(recording.standardError()).endsWith("\\u0001 [cut]\"}\n").hasSizeLessThan(500_000);
        }
    }

    @Test
    void manyLogLinesAreWrittenInFewWrites() throws Exception {
        AtomicInteger writes = new AtomicInteger();
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        OutputStream counting = new OutputStream() {
            @Override
            public void write(int value) {
                throw new AssertionError("a byte at a time");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                writes.incrementAndGet();
                content.write(bytes, offset, length);
            }
        };
        try (WatchdogLog log = RecordingLog.start(config(), counting, counting)) {
            for (int i = 0; i < 10_000; i++) {
                log.info("line " + i);
            }
        }

        assertThat(content.toString(StandardCharsets.UTF_8).lines()).hasSize(10_000);
        assertThat(writes.get()).isLessThan(500);
    }

    @Test
    void theLogLinesOfOneThreadStayInOrder() {
        try (RecordingLog recording = RecordingLog.text()) {
            for (int i = 0; i < 5000; i++) {
                recording.log().info("line " + i);
            }

            List<String> lines = recording.standardError().lines().toList();
            assertThat(lines).hasSize(5000);
            for (int i = 0; i < 5000; i++) {
                assertThat(lines.get(i)).isEqualTo(TIME + "line " + i);
            }
        }
    }

    @Test
    void noLogLineIsLostWhenManyThreadsLogAtOnce() throws Exception {
        try (RecordingLog recording = RecordingLog.text()) {
            CountDownLatch ready = new CountDownLatch(8);
            Runnable printing = () -> {
                ready.countDown();
                for (int i = 0; i < 1000; i++) {
                    recording.log().info("a line of no great length");
                }
            };
            List<Thread> threads =
                    IntStream.range(0, 8).mapToObj(i -> new Thread(printing)).toList();
            threads.forEach(Thread::start);
            for (Thread thread : threads) {
                thread.join();
            }

            assertThat(recording.standardError().lines())
                    .hasSize(8000)
                    .allMatch(line -> line.equals(TIME + "a line of no great length"));
        }
    }

    @Test
    void aLogLineIsWrittenSoonAndTheIdleWriterThreadWaitsWithoutTimeout() throws Exception {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        try (WatchdogLog log = RecordingLog.start(config(), OutputStream.nullOutputStream(), err)) {
            log.info("first");
            Thread writer = writer("watchdog-log-stderr");
            Eventually.isTrue(
                    "written", () -> err.toString(StandardCharsets.UTF_8).endsWith("first\n"));
            // Not TIMED_WAITING: the log of an idle watchdog uses no processor time.
            Eventually.isTrue("parked", () -> writer.getState() == Thread.State.WAITING);

            log.info("second");
            Eventually.isTrue(
                    "written", () -> err.toString(StandardCharsets.UTF_8).endsWith("second\n"));
            assertThat(writer.isDaemon()).isTrue();
        }
    }

    @Test
    void closingTheLogEndsItsThreadsAndDiscardsLaterLines() throws Exception {
        RecordingLog recording = RecordingLog.text();
        recording.log().info("before");
        recording.log().functionOutput().line(new byte[] {'x'}, 0, 1);
        List<Thread> writers = List.of(writer("watchdog-log-stderr"), writer("watchdog-log-stdout"));

        recording.close();
        recording.log().info("after");
        recording.log().functionOutput().line(new byte[] {'y'}, 0, 1);
        recording.close();

        assertThat(writers).noneMatch(Thread::isAlive);
        assertThat(recording.standardError()).isEqualTo(TIME + "before\n");
        assertThat(recording.standardOutput()).isEqualTo(TIME + "stdout: x\n");
    }

    @Test
    void loggingContinuesAfterAFailedWrite() throws Exception {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        CountDownLatch failed = new CountDownLatch(1);
        OutputStream failingOnce = new OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw new IOException("not used");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                if (failed.getCount() > 0) {
                    failed.countDown();
                    throw new IOException("Broken pipe");
                }
                err.write(bytes, offset, length);
            }
        };
        try (WatchdogLog log = RecordingLog.start(config(), OutputStream.nullOutputStream(), failingOnce)) {
            log.info("lost");
            assertThat(failed.await(10, TimeUnit.SECONDS)).isTrue();
            log.info("kept");
        }

        assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo(TIME + "kept\n");
    }

    private static LogConfig config() {
        return RecordingLog.config(LogConfig.Format.TEXT, true, 65536);
    }

    private static Thread writer(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(name))
                .findFirst()
                .orElseThrow();
    }
}
