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

/** What a build tool says to the watchdog that it has started. */
class ControlInputTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    private static final Duration HANGING = Duration.ofSeconds(4);

    /** A server that never listens keeps the version waiting for write_timeout. */
    private static final String NEVER_LISTENING =
            "replace mode=http&fprocess=sleep+602&http_upstream_url=http%3A%2F%2F127.0.0.1%3A" + FreePort.any();

    private static final String COMMAND = "sh -c 'echo $WORD'";

    private final Map<String, String> environment =
            Map.of("mode", "streaming", "fprocess", COMMAND, "PATH", "/bin:/usr/bin", "WORD", "one");
    private final CapturedLog captured = new CapturedLog();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** A test's part as the build tool. */
    private interface Conversation {
        void with(RunningWatchdog watchdog, OutputStream commands) throws Exception;
    }

    private void talk(Conversation conversation) throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.started(
                        builder -> builder.replaceable().environment(environment),
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
            ControlInput control = new ControlInput(input, folder.resolve("ports"), environment);
            control.listen(log, () -> ended.complete(null));
            control.executeCommands(watchdog.watchdog(), log);
            conversation.with(watchdog, commands);
            commands.close();
            ended.join();
        }
    }

    @Test
    void reportsItsPortsAndObeysUntilTheInputEnds() throws Exception {
        talk((watchdog, commands) -> {
            assertThat(Files.readAllLines(folder.resolve("ports"))).contains("port=" + watchdog.port());
            assertThat(watchdog.get("/").body()).isEqualTo("one\n");

            tell(commands, "replace WORD=two+%26+more&OTHER=x");
            Polling.until(PATIENCE, () -> watchdog.get("/").body().equals("two & more\n"));

            tell(commands, "fail a%0Ab");
            Polling.until(PATIENCE, () -> watchdog.get("/").body().equals("a\nb\n"));

            tell(commands, "replace fprocess=");
            captured.awaitLine("fprocess is not set");
            Polling.until(PATIENCE, () -> watchdog.get("/").body().contains("fprocess is not set"));
            assertThat(ended).isNotDone();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"dance now", "", "replace", "fail a%zz", "replace WORD=%2", "replace %=two"})
    void goesOnAfterWhatItCannotObey(String line) throws Exception {
        talk((watchdog, commands) -> {
            tell(commands, line);

            tell(commands, "replace WORD=two");
            Polling.until(PATIENCE, () -> watchdog.get("/").body().equals("two\n"));
            assertThat(ended).isNotDone();
        });
    }

    @Test
    void seesTheEndOfTheInputWhileAVersionWaitsForTheOlderOne() throws Exception {
        talk((watchdog, commands) -> {
            tell(commands, NEVER_LISTENING);
            Polling.until(PATIENCE, () -> watchdog.get("/_/ready").statusCode() == 503);

            commands.close();

            assertThat(ended).succeedsWithin(Duration.ofSeconds(2));
            watchdog.stop(Shutdown.Cause.CLOSE);
        });
    }

    /** As many as no pipe holds that nobody reads. */
    @Test
    void readsWhatIsSaidWhileAVersionStarts() throws Exception {
        talk((watchdog, commands) -> {
            tell(commands, NEVER_LISTENING);
            Polling.until(PATIENCE, () -> watchdog.get("/_/ready").statusCode() == 503);

            CompletableFuture<Boolean> said = DevelopedFunction.async(() -> {
                for (int i = 0; i < 300; i++) {
                    tell(commands, "replace mode=streaming&fprocess=sh+-c+%27echo+%24WORD%27&WORD=word" + i);
                }
                return true;
            });

            assertThat(said).succeedsWithin(HANGING.dividedBy(2));
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(503);
            Polling.until(PATIENCE, () -> watchdog.get("/").body().equals("word299\n"));
            // Of those that were said together the last alone is made: the others were old when their turn came.
            assertThat(watchdog.log().lines().stream().filter(line -> line.contains("Serving the next version")))
                    .hasSize(2);
        });
    }

    private static void tell(OutputStream commands, String line) throws Exception {
        commands.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        commands.flush();
    }
}
