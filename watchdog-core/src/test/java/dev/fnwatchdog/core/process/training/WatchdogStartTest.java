package dev.fnwatchdog.core.process.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.core.fixture.Eventually;
import dev.fnwatchdog.core.process.training.WatchdogStart.End;
import dev.fnwatchdog.core.process.training.WatchdogStart.Outcome;
import dev.fnwatchdog.core.process.training.WatchdogStart.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Starts of shell commands in place of a watchdog. */
class WatchdogStartTest {
    private static final Duration LONG = Duration.ofSeconds(25);
    private static final String SERVES = "trap 'exit 0' TERM; echo '2026/11/27 10:00:00 Listening on port: 1';"
            + " echo '2026/11/27 10:00:00 Metrics listening on port: 2'; while :; do sleep 0.1; done";

    @TempDir
    private Path folder;

    private Outcome run(String script, Duration timeout, WatchdogStart.Serving serving) throws Exception {
        Map<String, String> environment = Map.of(
                "PATH", System.getenv("PATH"), "pids", folder.resolve("pids").toString());
        return new WatchdogStart(List.of("sh", "-c", script), folder, environment, timeout).run(folder, serving);
    }

    private boolean allHaveEnded() throws IOException {
        return Files.readAllLines(folder.resolve("pids")).stream()
                .noneMatch(pid -> ProcessHandle.of(Long.parseLong(pid)).isPresent());
    }

    /** Proves specification 14.4. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                SERVES,
                "trap 'exit 0' TERM; echo 'Listening on port: 7'; echo '{\"level\":\"info\",\"msg\":\"Listening on port: 1\"}';"
                        + " echo '{\"level\":\"info\",\"msg\":\"Metrics listening on port: 2\"}'; while :; do sleep 0.1; done"
            })
    void aWatchdogIsUsedByThePortsOfItsOwnLinesAndThenStopped(String script) throws Exception {
        CompletableFuture<Ports> used = new CompletableFuture<>();

        Outcome outcome = run(script, LONG, used::complete);

        assertThat(used).isCompletedWithValue(new Ports(1, 2));
        assertThat(outcome.end()).isEqualTo(End.SERVED);
        assertThat(outcome.succeeded()).isTrue();
    }

    /** Proves specification 14.5. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "echo '2026/11/27 10:00:00 no such handler'; echo at; exit 1",
                "echo '{\"level\":\"error\",\"msg\":\"no such handler\",\"stack\":\"at\"}'; exit 1",
                "echo no such handler; exit 1"
            })
    void aWatchdogThatRefusesToStartHasALastMessage(String script) throws Exception {
        Outcome outcome = run(script, LONG, ports -> {});

        assertThat(outcome.end()).isEqualTo(End.REFUSED);
        assertThat(outcome.exitStatus()).isOne();
        assertThat(outcome.lastMessage()).isEqualTo("no such handler");
    }

    /** Proves specification 14.5. */
    @Test
    void aWatchdogThatHangsIsKilledWithAllThatItHasStarted() throws Exception {
        Outcome outcome = run("echo $$ >$pids; sleep 600 & echo $! >>$pids; wait", Duration.ofSeconds(1), ports -> {});

        assertThat(outcome.end()).isEqualTo(End.TIMED_OUT);
        assertThat(outcome.succeeded()).isFalse();
        Eventually.isTrue("all have ended", this::allHaveEnded);
    }

    /** Proves specification 14.5. */
    @Test
    void aWatchdogThatDoesNotStopIsKilled() throws Exception {
        Outcome outcome = run(
                SERVES.replace("exit 0", ":").replace("while", "echo $$ >$pids; while"),
                Duration.ofSeconds(2),
                ports -> {});

        assertThat(outcome.end()).isEqualTo(End.TIMED_OUT);
        Eventually.isTrue("it has ended", this::allHaveEnded);
    }

    /** Proves specification 14.5. */
    @Test
    void anInterruptKillsTheWatchdog() throws Exception {
        CompletableFuture<Outcome> result = new CompletableFuture<>();
        Thread starter = new Thread(() -> {
            try {
                result.complete(run("echo $$ >$pids; sleep 600 & echo $! >>$pids; wait", LONG, ports -> {}));
            } catch (Exception e) {
                result.completeExceptionally(e);
            }
        });
        starter.start();
        Eventually.isTrue(
                "it runs",
                () -> Files.exists(folder.resolve("pids"))
                        && Files.readAllLines(folder.resolve("pids")).size() == 2);

        starter.interrupt();

        assertThatThrownBy(() -> result.get(20, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedException.class);
        Eventually.isTrue("all have ended", this::allHaveEnded);
    }

    /** Proves specification 14.5. */
    @Test
    void theEndOfTheWatchdogSaysMoreThanAFailedRequest() throws Exception {
        String script = SERVES.replaceFirst(
                "while.*", "until [ -e used ]; do sleep 0.05; done; echo '2026/11/27 10:00:00 out of memory'; exit 3");

        Outcome outcome = run(script, LONG, ports -> {
            Files.createFile(folder.resolve("used"));
            throw new IOException("refused");
        });

        assertThat(outcome.exitStatus()).isEqualTo(3);
        assertThat(outcome.lastMessage()).isEqualTo("out of memory");
    }

    /** Proves specification 14.4. */
    @Test
    void aFailedRequestToAWatchdogThatGoesOnIsTheFailure() {
        assertThatThrownBy(() -> run(SERVES, LONG, ports -> {
                    throw new IOException("GET / is 500");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("GET / is 500");
    }
}
