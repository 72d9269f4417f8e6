package dev.fnwatchdog.core.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.fnwatchdog.core.config.CommandLine;
import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.fixture.Eventually;
import dev.fnwatchdog.core.fixture.RunningFunction;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.process.launch.NativeLauncher;
import dev.fnwatchdog.core.process.posix.Termination.Exited;
import dev.fnwatchdog.core.process.posix.Termination.Signalled;
import dev.fnwatchdog.core.process.tree.ProcessTable;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs({OS.LINUX, OS.MAC})
class FunctionServerTest {
    private static final Duration GRACE = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    /** Proves specification 3.1. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "nosuch --flag, nosuch, no such file or directory",
        "/no/such/file, /no/such/file, no such file or directory",
        "src/test/functions/exits.sh 0, src/test/functions/exits.sh, permission denied",
        "/tmp, /tmp, permission denied",
    })
    void aFunctionServerThatCannotStartIsReportedWithCommandAndReason(String command, String program, String reason) {
        assertThatExceptionOfType(FunctionFailedException.class)
                .isThrownBy(() -> RunningFunction.ofCommand(command, RunningFunction.path()))
                .withMessage("cannot start \"" + program + "\": " + reason);
    }

    /** Proves specification 3.1. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aStartThatTheSystemRefusesIsReportedWithTheMessageOfTheSystem() {
        Map<String, String> tooLong = Map.of("PATH", System.getenv("PATH"), "LONG", "x".repeat(200_000));

        assertThatExceptionOfType(FunctionFailedException.class)
                .isThrownBy(() -> RunningFunction.ofCommand("true", tooLong))
                .withMessage("cannot start \"true\": argument list too long")
                .havingCause()
                .withMessageContaining("argument list too long");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127})
    void theExitStatusOfAFunctionServerIsReported(int status) throws Exception {
        try (RunningFunction function = RunningFunction.of("exits.sh " + status)) {
            assertThat(function.ended()).isEqualTo(new Exited(status));
            assertThat(function.server().alive()).isFalse();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"KILL, 9", "TERM, 15", "HUP, 1", "SEGV, 11", "ABRT, 6", "SYS, 31"})
    void theSignalThatEndsAFunctionServerIsReported(String name, int number) throws Exception {
        try (RunningFunction function = RunningFunction.of("kills-itself.sh " + name)) {
            assertThat(function.ended()).isEqualTo(new Signalled(number));
        }
    }

    /** Proves specification 6.13. */
    @Test
    void bothStreamsOfAFunctionServerAreLoggedWholeBeforeItsEndIsReported() throws Exception {
        LogConfig prefixed = new LogConfig(LogConfig.Format.TEXT, true, 65536, false, false, false, false);
        String time = "\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d ";
        try (RunningFunction function = RunningFunction.of("prints.sh", prefixed)) {
            function.ended();

            assertThat(function.output()).matches(time + "stdout: to stdout\n" + time + "stdout: a last line\n");
            assertThat(function.errors()).matches(time + "stderr: to stderr\n");
        }
    }

    @Test
    void bothStreamsOfAFunctionServerAreReadAtTheSameTime() throws Exception {
        try (RunningFunction function = RunningFunction.of("prints-much.sh 5000")) {
            assertThat(function.ended()).isEqualTo(new Exited(0));

            assertThat(function.output().lines()).hasSize(5000).allMatch(line -> line.startsWith("stdout line "));
            assertThat(function.errors().lines()).hasSize(5000).allMatch(line -> line.startsWith("stderr line "));
        }
    }

    /** Proves specification 6.15. */
    @Test
    void aFunctionServerIsNotBlockedByALogThatIsNotRead() throws Exception {
        LogConfig config = RunningFunction.bare(65536);
        // One pipe for each stream: two writers of one full pipe would wake each other endlessly and starve its reader.
        try (PipedOutputStream output = new PipedOutputStream(new PipedInputStream(16));
                PipedOutputStream errors = new PipedOutputStream(new PipedInputStream(16));
                WatchdogLog log = WatchdogLog.start(config, output, errors)) {
            CommandLine command = CommandLine.parse("/bin/sh src/test/functions/prints-much.sh 30000");
            FunctionServer server = FunctionServer.start(command, RunningFunction.path(), log, config);
            try {
                assertThat(server.onExit().toCompletableFuture().get(20, TimeUnit.SECONDS))
                        .isEqualTo(new Exited(0));
            } finally {
                server.kill();
            }
        }
    }

    /** Proves specification 6.14. */
    @Test
    void aLongLineOfAFunctionServerIsCutAndReportedAndLoggingGoesOn() throws Exception {
        try (RunningFunction function = RunningFunction.of("prints-a-long-line.sh 500000", RunningFunction.bare(100))) {
            assertThat(function.ended()).isEqualTo(new Exited(0));

            assertThat(function.output()).isEqualTo("before\n" + "x".repeat(100) + " [cut at 100 bytes]\nafter\n");
            assertThat(function.errors()).endsWith(" Error reading stdout: bufio.Scanner: token too long\n");
        }
    }

    /** Proves specification 6.14. */
    @Test
    void withoutALimitALineOfAFunctionServerIsPassedOnWhateverItsLength() throws Exception {
        try (RunningFunction function = RunningFunction.of("prints-a-long-line.sh 500000", RunningFunction.bare(-1))) {
            assertThat(function.ended()).isEqualTo(new Exited(0));

            String output = function.output();
            assertThat(output).hasSize(7 + 500_001 + 6).startsWith("before\nxx").endsWith("xx\nafter\n");
            assertThat(function.errors()).isEmpty();
        }
    }

    /** Proves specification 3.2. */
    @Test
    void theStandardInputOfAFunctionServerStaysOpenAndEmpty() throws Exception {
        try (RunningFunction function = RunningFunction.of("reads-stdin.sh").ready()) {
            assertThatExceptionOfType(TimeoutException.class)
                    .isThrownBy(() ->
                            function.server().onExit().toCompletableFuture().get(300, TimeUnit.MILLISECONDS));

            function.server().stop(GRACE);
            assertThat(function.output()).isEqualTo("ready\n");
        }
    }

    /** Proves specification 3.2, 4.5. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFunctionServerRunsInItsOwnSessionWithTheGivenEnvironmentAndAMarker() throws Exception {
        try (RunningFunction function = RunningFunction.ofCommand("sleep 600", RunningFunction.path())) {
            long pid = function.server().pid();
            Eventually.isTrue("its own session", () -> session(pid) == pid);
            Eventually.isTrue(
                    "sleep",
                    () -> ProcessHandle.of(pid)
                            .orElseThrow()
                            .info()
                            .command()
                            .orElse("")
                            .contains("sleep"));
            // During an exec the environment of a process is empty for a moment.
            Eventually.isTrue(
                    "its environment", () -> !function.environment(pid).isEmpty());

            assertThat(function.environment(pid))
                    .hasSize(3)
                    .contains("PATH=" + System.getenv("PATH"))
                    .anyMatch(variable -> variable.startsWith("TEST_TREE="))
                    .anyMatch(variable -> variable.matches("Watchdog_Call=.+"));
        }
    }

    /** Proves specification 3.2. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void withoutSetsidOrNativeLauncherAFunctionServerSharesTheWatchdogsSession() throws Exception {
        assumeThat(NativeLauncher.available()).isFalse();
        String sleep = Executable.find("sleep", RunningFunction.path());
        Files.createSymbolicLink(folder.resolve("sleep"), Path.of(sleep));
        try (RunningFunction function = RunningFunction.ofCommand("sleep 600", Map.of("PATH", folder.toString()))) {
            assertThat(function.server().alive()).isTrue();
            assertThat(session(function.server().pid()))
                    .isEqualTo(session(ProcessHandle.current().pid()));

            // The kill spares the watchdog, though it is in the same session.
            function.server().kill();
            assertThat(function.ended()).isEqualTo(new Signalled(9));
        }
    }

    /** Proves specification 3.48. */
    @Test
    void aStoppedFunctionServerGetsSigtermAndTimeToEnd() throws Exception {
        try (RunningFunction function = RunningFunction.of("ends-gracefully.sh").ready()) {
            function.server().stop(GRACE);

            assertThat(function.ended()).isEqualTo(new Exited(3));
            assertThat(function.output()).isEqualTo("ready\nstopping\nstopped\n");
            Eventually.isTrue("its helper has ended", () -> function.processes().isEmpty());
        }
    }

    /** Proves specification 3.48. */
    @Test
    void aFunctionServerThatOutlivesItsGraceIsKilledWithAllThatItStarted() throws Exception {
        try (RunningFunction function = RunningFunction.of("ignores-sigterm.sh").ready()) {
            long start = System.nanoTime();
            function.server().stop(Duration.ofMillis(300));

            assertThat(function.server().alive()).isFalse();
            assertThat(function.ended()).isEqualTo(new Signalled(9));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(300));
            Eventually.isTrue("nothing is left", () -> function.processes().isEmpty());
        }
    }

    @Test
    void aFunctionServerIsKilledAtOnceWhenTheWaitForItsEndIsInterrupted() throws Exception {
        try (RunningFunction function = RunningFunction.of("ignores-sigterm.sh").ready()) {
            CountDownLatch interrupted = new CountDownLatch(1);
            Thread stopping = new Thread(() -> {
                function.server().stop(Duration.ofMinutes(10));
                if (Thread.currentThread().isInterrupted()) {
                    interrupted.countDown();
                }
            });
            stopping.start();
            stopping.interrupt();
            stopping.join();

            assertThat(interrupted.getCount()).isZero();
            assertThat(function.ended()).isEqualTo(new Signalled(9));
        }
    }

    @Test
    void aFunctionServerMayBeStoppedSeveralTimesAndAfterItsEnd() throws Exception {
        try (RunningFunction function = RunningFunction.of("exits.sh 0")) {
            function.ended();
            long start = System.nanoTime();
            function.server().stop(GRACE);
            function.server().stop(GRACE);
            function.server().kill();

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThat(function.ended()).isEqualTo(new Exited(0));
        }
    }

    private static long session(long pid) {
        return ProcessTable.ofThisSystem().entry(pid).orElseThrow().session();
    }
}
