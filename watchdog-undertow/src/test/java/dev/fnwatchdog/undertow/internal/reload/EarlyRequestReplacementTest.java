package dev.fnwatchdog.undertow.internal.reload;

import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.replaceAsync;
import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.server;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that wait for a version of the function which never listens. Proves specification 3.3, 7.28. */
class EarlyRequestReplacementTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    @TempDir
    private Path folder;

    private static Map<String, String> version(int port, String command) {
        return server(port, command, "startup_wait", "1h", "write_timeout", "1m");
    }

    private static void awaitHeld(RunningWatchdog watchdog) {
        Polling.until(PATIENCE, () -> watchdog.metric("http_requests_in_flight") == 1);
    }

    /** Proves specification 3.3. */
    @Test
    void aHeldRequestIs500WhenANewerVersionReplacesTheOneThatItWaitsForWhichIsNotDelayed() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = DevelopedFunction.start(version(FreePort.any(), "sleep 600"));
                RawClient client = watchdog.connect()) {
            client.send(GET);
            awaitHeld(watchdog);

            CompletableFuture<Boolean> replacing = replaceAsync(watchdog, version(function.port(), "sleep 601"));

            assertThat(client.readResponse()).startsWith("HTTP/1.1 500 ");
            assertThat(replacing).succeedsWithin(PATIENCE);
            watchdog.log().awaitLine("cannot be reached: a newer version replaces it");
            assertThat(client.send(GET).readResponse()).endsWith("ok");
        }
    }

    /** Proves specification 3.3, 7.28. */
    @Test
    void aHeldRequestIs500WhenTheVersionThatItWaitsForEnds() throws Exception {
        Path end = folder.resolve("end");
        String untilEnd = "sh -c 'while [ ! -e " + end + " ]; do sleep 0.01; done; exit 3'";
        try (RunningWatchdog watchdog = DevelopedFunction.start(version(FreePort.any(), untilEnd));
                RawClient client = watchdog.connect()) {
            client.send(GET);
            awaitHeld(watchdog);

            Files.createFile(end);

            assertThat(client.readResponse()).startsWith("HTTP/1.1 500 ");
            watchdog.log().awaitLine("cannot be reached: it has ended");
        }
    }
}
