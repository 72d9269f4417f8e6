package dev.fnwatchdog.undertow.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.health.Shutdown.Cause;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.ReconnectingClients;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Closing a port loses no request of a client whose handshake was complete (contract 7). */
class RestartTest {
    private static final int RESTARTS = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    /** Without the kernel's help a client can connect between the last look at the queue and the closing. */
    private static final int ALLOWED = Runtime.version().feature() < 22 ? 3 : 0;

    @TempDir
    private Path folder;

    private interface Start {
        RunningWatchdog start() throws Exception;
    }

    @BeforeEach
    void writeFile() throws IOException {
        Files.writeString(folder.resolve("index.html"), "hi");
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 64})
    void losesNoRequestOfClientsThatReconnectInStaticMode(int clients) throws Exception {
        assertThat(lost(() -> RunningWatchdog.serving(folder), clients)).hasSizeLessThanOrEqualTo(ALLOWED);
    }

    @Test
    void losesNoRequestOfClientsThatReconnectInHttpMode() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK)) {
            assertThat(lost(() -> RunningWatchdog.inFrontOf(function), 16)).hasSizeLessThanOrEqualTo(ALLOWED);
        }
    }

    private static List<String> lost(Start start, int clients) throws Exception {
        List<String> lost = new ArrayList<>();
        for (int i = 0; i < RESTARTS; i++) {
            try (RunningWatchdog watchdog = start.start()) {
                ReconnectingClients reconnecting = ReconnectingClients.start(clients, watchdog.port(), "/");
                Polling.until(PATIENCE, () -> reconnecting.responses() > 2 * clients);
                watchdog.stop(Cause.SIGTERM);
                lost.addAll(reconnecting.awaitRefused());
            }
        }
        return lost;
    }

    @Test
    void losesNoScrapeOfClientsThatReconnectToTheMetricsPort() throws Exception {
        List<String> lost = new ArrayList<>();
        for (int i = 0; i < RESTARTS; i++) {
            try (RunningWatchdog watchdog = RunningWatchdog.serving(folder)) {
                ReconnectingClients scraping = ReconnectingClients.start(8, watchdog.metricsPort(), "/metrics");
                Polling.until(PATIENCE, () -> scraping.responses() > 16);
                watchdog.stop(Cause.SIGTERM);
                lost.addAll(scraping.awaitRefused());
            }
        }
        assertThat(lost).hasSizeLessThanOrEqualTo(ALLOWED);
    }
}
