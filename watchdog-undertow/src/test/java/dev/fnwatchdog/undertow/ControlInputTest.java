package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.undertow.fixture.CapturedLog;
import dev.fnwatchdog.undertow.fixture.DevelopedFunction;
import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests the commands that a build tool sends to the watchdog that it has started. Proves specification 7.26, 7.28,
 * 7.29.
 */
class ControlInputTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private static final Duration HANGING = Duration.ofSeconds(4);

    /** A server that never listens makes the version wait for write_timeout. */
    private static final String NEVER_LISTENING =
            "replace mode=http&fprocess=sleep+602&http_upstream_url=http%3A%2F%2F127.0.0.1%3A" + FreePort.any();

    private static final String COMMAND = "sh -c 'echo $WORD'";

    private final Map<String, String> environment =
            Map.of("mode", "streaming", "fprocess", COMMAND, "PATH", "/bin:/usr/bin", "WORD", "one");
    private final CapturedLog captured = new CapturedLog();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** The part of the build tool, which the test plays. */
    private interface Conversation {
        void with(RunningWatchdog watchdog, OutputStream commands) throws Exception;
    }

    private void withControlInput(Conversation conversation) throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.started(
                        builder -> ControlInput.Function.DEVELOPED
                                .configure(builder)
                                .environment(environment),
                        "mode",
                        "streaming",
                        "fprocess",
                        COMMAND,
                        "write_timeout",
                        HANGING.toSeconds() + "s");
                WatchdogLog log =
                        WatchdogLog.start(LogConfig.parseLeniently(environment), captured.output(), captured.errors());
                PipedInputStream input = new PipedInputStream();
                OutputStream commands = new PipedOutputStream(input)) {
            ControlInput control =
                    new ControlInput(input, folder.resolve("ports"), environment, ControlInput.Function.DEVELOPED);
            control.listen(log, () -> ended.complete(null));
            control.executeCommands(watchdog.watchdog(), log);
            conversation.with(watchdog, commands);
            commands.close();
            ended.join();
        }
    }

    /** Proves specification 7.26, 7.28, 7.29. */
    @Test
    void portsAreReportedAndCommandsAreExecutedUntilTheControlInputEnds() throws Exception {
        withControlInput((watchdog, commands) -> {
            assertThat(Files.readAllLines(folder.resolve("ports"))).contains("port=" + watchdog.port());
            assertThat(watchdog.get("/").body()).isEqualTo("one\n");

            send(commands, "replace WORD=two+%26+more&OTHER=x");
            Polling.until(PATIENCE, () -> watchdog.get("/").body().equals("two & more\n"));

            send(commands, "fail a%0Ab");
            Polling.until(PATIENCE, () -> watchdog.get("/").body().equals("a\nb\n"));

            send(commands, "replace fprocess=");
            captured.awaitLine("fprocess is not set");
            Polling.until(PATIENCE, () -> watchdog.get("/").body().contains("fprocess is not set"));
            assertThat(ended).isNotDone();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"dance now", "", "replace", "fail a%zz", "replace WORD=%2", "replace %=two"})
    void anInvalidCommandIsIgnoredAndTheNextOneIsExecuted(String line) throws Exception {
        withControlInput((watchdog, commands) -> {
            send(commands, line);

            send(commands, "replace WORD=two");
            Polling.until(PATIENCE, () -> watchdog.get("/").body().equals("two\n"));
            assertThat(ended).isNotDone();
        });
    }

    /** Proves specification 7.29. */
    @Test
    void theEndOfTheControlInputIsSeenWhileAVersionIsStillStarting() throws Exception {
        withControlInput((watchdog, commands) -> {
            send(commands, NEVER_LISTENING);
            Polling.until(PATIENCE, () -> watchdog.get("/_/ready").statusCode() == 503);

            commands.close();

            assertThat(ended).succeedsWithin(Duration.ofSeconds(2));
            watchdog.stop(Shutdown.Cause.CLOSE);
        });
    }

    /** Sends more commands than the buffer of a pipe without a reader can contain. */
    @Test
    void commandsAreReadWhileAVersionIsStillStartingAndOnlyTheLastReplacementIsMade() throws Exception {
        withControlInput((watchdog, commands) -> {
            send(commands, NEVER_LISTENING);
            Polling.until(PATIENCE, () -> watchdog.get("/_/ready").statusCode() == 503);

            CompletableFuture<Boolean> sent = DevelopedFunction.async(() -> {
                for (int i = 0; i < 300; i++) {
                    send(commands, "replace mode=streaming&fprocess=sh+-c+%27echo+%24WORD%27&WORD=word" + i);
                }
                return true;
            });

            assertThat(sent).succeedsWithin(HANGING.dividedBy(2));
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(503);
            Polling.until(PATIENCE, () -> watchdog.get("/").body().equals("word299\n"));
            Polling.until(PATIENCE, () -> versions(watchdog) >= 2);
            // Of the commands that arrived together only the last one creates a version: the others were outdated when
            // they were executed.
            assertThat(versions(watchdog)).isEqualTo(2);
        });
    }

    private static long versions(RunningWatchdog watchdog) {
        return watchdog.log().lines().stream()
                .filter(line -> line.contains("Serving the next version"))
                .count();
    }

    private static void send(OutputStream commands, String line) throws Exception {
        commands.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        commands.flush();
    }
}
