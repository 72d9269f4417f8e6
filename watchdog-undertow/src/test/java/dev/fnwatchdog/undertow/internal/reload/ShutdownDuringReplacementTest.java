package dev.fnwatchdog.undertow.internal.reload;

import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.replaceAsync;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.undertow.fixture.DevelopedFunction;
import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A watchdog that is stopped in the midst of a change of versions leaves no process behind, and no caller waiting. */
class ShutdownDuringReplacementTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    private Path folder;

    private final CountDownLatch over = new CountDownLatch(1);

    @AfterEach
    void letCallsEnd() {
        over.countDown();
    }

    private Map<String, String> server(int port, String name) {
        return DevelopedFunction.server(
                port, "sh -c 'echo $$ > %s; exec sleep 600'".formatted(folder.resolve(name)), "write_timeout", "500ms");
    }

    private RunningWatchdog serving(int port) throws Exception {
        return DevelopedFunction.start(server(port, "first"));
    }

    private Optional<ProcessHandle> process(String name) throws Exception {
        Path file = folder.resolve(name);
        String pid = Files.exists(file) ? Files.readString(file).strip() : "";
        return pid.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(pid));
    }

    private boolean runs(String name) throws Exception {
        return process(name).map(ProcessHandle::isAlive).orElse(false);
    }

    private void assertNothingLeft(CompletableFuture<Boolean> replacing) throws Exception {
        assertThat(replacing).succeedsWithin(PATIENCE);
        assertThat(runs("first")).isFalse();
        assertThat(runs("second")).isFalse();
    }

    @Test
    void endsAVersionThatIsNotReadyYet() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = serving(function.port())) {
            Polling.until(PATIENCE, () -> runs("first"));
            CompletableFuture<Boolean> replacing = replaceAsync(watchdog, server(FreePort.any(), "second"));
            Polling.until(PATIENCE, () -> runs("second"));

            watchdog.stop(Shutdown.Cause.CLOSE);

            assertNothingLeft(replacing);
        }
    }

    @Test
    void killsAVersionThatIsNotReadyYet() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = serving(function.port())) {
            Polling.until(PATIENCE, () -> runs("first"));
            CompletableFuture<Boolean> replacing = replaceAsync(watchdog, server(FreePort.any(), "second"));
            Polling.until(PATIENCE, () -> runs("second"));

            DevelopedFunction.replaceableMode(watchdog).kill();

            Polling.until(PATIENCE, () -> !runs("second"));
            assertNothingLeft(replacing);
        }
    }

    @Test
    void startsNoVersionOnceItHasStopped() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = serving(function.port())) {
            watchdog.stop(Shutdown.Cause.CLOSE);

            CompletableFuture<Boolean> replacing = replaceAsync(watchdog, server(function.port(), "second"));

            assertNothingLeft(replacing);
            assertThat(folder.resolve("second")).doesNotExist();
        }
    }

    /** The older version's call does not end, so that the newer version cannot start, and the newer call waits. */
    private CompletableFuture<Boolean> replacingBehindACall(
            ScriptedFunction function, RunningWatchdog watchdog, RawClient first, RawClient second) throws Exception {
        first.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        Polling.until(PATIENCE, () -> function.connections() >= 1 && watchdog.metric("http_requests_in_flight") == 1);
        CompletableFuture<Boolean> replacing = replaceAsync(watchdog, server(function.port(), "second"));
        Polling.until(PATIENCE, () -> watchdog.get("/_/ready").statusCode() == 503);
        second.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
        Polling.until(PATIENCE, () -> watchdog.metric("http_requests_in_flight") == 2);
        return replacing;
    }

    @Test
    void endsCallsThatWaitForTheNextVersion() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    over.await();
                });
                RunningWatchdog watchdog = serving(function.port());
                RawClient first = watchdog.connect();
                RawClient second = watchdog.connect()) {
            CompletableFuture<Boolean> replacing = replacingBehindACall(function, watchdog, first, second);

            watchdog.stop(Shutdown.Cause.CLOSE);

            second.readUntilClosedOrReset();
            assertNothingLeft(replacing);
        }
    }

    @Test
    void forgetsACallWhoseClientLeavesWhileItWaits() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    over.await();
                    connection.send(OK);
                });
                RunningWatchdog watchdog = serving(function.port());
                RawClient first = watchdog.connect();
                RawClient second = watchdog.connect()) {
            CompletableFuture<Boolean> replacing = replacingBehindACall(function, watchdog, first, second);

            second.close();
            over.countDown();
            assertThat(replacing).succeedsWithin(PATIENCE);

            assertThat(watchdog.get("/").body()).isEqualTo("ok");
            watchdog.awaitIdle();
        }
    }
}
