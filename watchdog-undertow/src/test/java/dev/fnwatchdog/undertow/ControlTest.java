package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.config.LogConfig;
import dev.fnwatchdog.core.log.WatchdogLog;
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

/** What a build tool says to the watchdog that it has started. */
class ControlTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    private Path folder;

    @Test
    void reportsItsPortsAndObeysUntilTheInputEnds() throws Exception {
        String command = "sh -c 'echo $WORD'";
        Map<String, String> environment =
                Map.of("mode", "streaming", "fprocess", command, "PATH", "/bin:/usr/bin", "WORD", "one");
        Path report = folder.resolve("ports");
        CompletableFuture<Void> ended = new CompletableFuture<>();
        CapturedLog captured = new CapturedLog();
        try (RunningWatchdog watchdog = RunningWatchdog.started(
                        builder -> builder.replaceable().environment(environment),
                        "mode",
                        "streaming",
                        "fprocess",
                        command);
                WatchdogLog log =
                        WatchdogLog.start(LogConfig.asFarAsUsable(environment), captured.output(), captured.errors());
                PipedInputStream input = new PipedInputStream();
                OutputStream commands = new PipedOutputStream(input)) {
            new Control(input, report, environment).begin(watchdog.watchdog(), log, () -> ended.complete(null));
            assertThat(Files.readAllLines(report)).contains("port=" + watchdog.port());
            assertThat(watchdog.get("/").body()).isEqualTo("one\n");

            tell(commands, "replace WORD=two+%26+more&OTHER=x");
            Poll.until(PATIENCE, () -> watchdog.get("/").body().equals("two & more\n"));

            tell(commands, "fail a%0Ab");
            Poll.until(PATIENCE, () -> watchdog.get("/").body().equals("a\nb\n"));

            tell(commands, "replace fprocess=");
            captured.awaitLine("fprocess is not set");
            assertThat(watchdog.get("/").body()).contains("fprocess is not set");

            tell(commands, "dance now");
            captured.awaitLine("Unknown command: dance");
            assertThat(ended).isNotDone();
            commands.close();
            ended.join();
        }
    }

    private static void tell(OutputStream commands, String line) throws Exception {
        commands.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        commands.flush();
    }
}
