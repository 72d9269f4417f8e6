package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.undertow.fixture.CapturedLog;
import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks that a failed startup gives its reason and leaves nothing behind. Proves specification 1.15, 2.21, 3.1.
 */
class StartFailureTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Set<Thread> threadsBefore = threads();
    private final CapturedLog captured = new CapturedLog();

    @TempDir
    private Path temporary;

    private ThrowingCallable starting(String... settings) {
        return () -> {
            WatchdogConfig config = RunningWatchdog.config(1, settings);
            try (WatchdogLog log = WatchdogLog.start(config.log(), captured.output(), captured.errors())) {
                Watchdog.builder(config).log(log).lockFile().start();
            }
        };
    }

    @AfterEach
    void nothingIsLeft() {
        Polling.until(PATIENCE, () -> threadsBefore.containsAll(threads()));
        Polling.until(PATIENCE, () -> ProcessHandle.current().children().noneMatch(ProcessHandle::isAlive));
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("watchdog"))
                .collect(Collectors.toSet());
    }

    private static void assertThatIsFree(int port) throws IOException {
        new ServerSocket(port).close();
    }

    /** Proves specification 1.15. */
    @Test
    void startupFailsNamingThePortThatIsInUse() throws Exception {
        int metricsPort = FreePort.any();
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = String.valueOf(taken.getLocalPort());

            assertThatThrownBy(starting("port", port, "metrics_port", String.valueOf(metricsPort)))
                    .isInstanceOf(IOException.class)
                    .hasMessage("cannot listen on port %s: Address already in use", port);
        }
        assertThatIsFree(metricsPort);
    }

    /** Proves specification 1.15. */
    @Test
    void startupFailsNamingTheMetricsPortThatIsInUse() throws Exception {
        int port = FreePort.any();
        try (ServerSocket taken = new ServerSocket(0)) {
            String metricsPort = String.valueOf(taken.getLocalPort());

            assertThatThrownBy(starting("port", String.valueOf(port), "metrics_port", metricsPort))
                    .isInstanceOf(IOException.class)
                    .hasMessage("cannot listen on port %s: Address already in use", metricsPort);
        }
        assertThatIsFree(port);
    }

    /** Proves specification 1.15. */
    @Test
    void startupFailsWhenBothPortsAreTheSame() throws Exception {
        String port = String.valueOf(FreePort.any());

        assertThatThrownBy(starting("port", port, "metrics_port", port))
                .hasMessageContaining("port")
                .hasMessageContaining(port);
        assertThatIsFree(Integer.parseInt(port));
    }

    /** Proves specification 3.1. */
    @Test
    void startupFailsNamingTheCommandThatDoesNotExist() throws Exception {
        int port = FreePort.any();

        assertThatThrownBy(starting("fprocess", "no-such-command --flag", "port", String.valueOf(port)))
                .isInstanceOf(FunctionFailedException.class)
                .hasMessage("cannot start \"no-such-command\": no such file or directory");
        assertThatIsFree(port);
    }

    /** Proves specification 3.1: the function process is started before the listener reports healthy. */
    @Test
    void noPortIsServedAndNoLockFileWrittenWhenTheFunctionProcessCannotBeStarted() throws Exception {
        assertThatThrownBy(starting(
                        "fprocess", "no-such-command", "suppress_lock", "false", "TMPDIR", temporary.toString()))
                .isInstanceOf(FunctionFailedException.class);

        assertThat(captured.contains("Mode: http")).isTrue();
        assertThat(captured.contains("istening on port")).isFalse();
        assertThat(captured.contains("Writing lock-file")).isFalse();
        assertThat(temporary).isEmptyDirectory();
    }

    /** Proves specification 2.21. */
    @Test
    void startupFailsNamingTheLockFileThatCannotBeWritten() throws Exception {
        int port = FreePort.any();
        Path pid = temporary.resolve("pid");
        Path folder = temporary.resolve("missing");

        assertThatThrownBy(starting(
                        "port",
                        String.valueOf(port),
                        "fprocess",
                        "sh -c 'echo $$ > " + pid + "; exec sleep 600'",
                        "suppress_lock",
                        "false",
                        "TMPDIR",
                        folder.toString()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(folder.resolve(".lock").toString())
                .hasMessageContaining("suppress_lock");
        assertThatIsFree(port);
        assertThat(captured.contains("Forked function has terminated")).isFalse();
        assertThat(Files.exists(folder)).isFalse();
    }

    @Test
    void aFailedStartupKeepsTheLockFileOfAnotherWatchdog() throws Exception {
        Path lockFile = Files.createFile(temporary.resolve(".lock"));

        assertThatThrownBy(starting(
                        "fprocess", "no-such-command", "suppress_lock", "false", "TMPDIR", temporary.toString()))
                .isInstanceOf(FunctionFailedException.class);
        assertThat(lockFile).exists();
    }
}
