package dev.fnwatchdog.undertow.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.ReconnectingClients;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hundred restarts of the packaged jar lose no request (contract 7). */
@Tag("nightly")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class RestartIT {
    private static final int RESTARTS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    /** One in ten restarts where the kernel cannot be made to ignore new handshakes. */
    private static final int ALLOWED = Runtime.version().feature() < 22 ? RESTARTS / 10 : 0;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {16, 64})
    void losesNoRequestOfClientsThatReconnect(int clients) throws Exception {
        Files.writeString(folder.resolve("index.html"), "hi");
        List<String> lost = new ArrayList<>();
        for (int i = 0; i < RESTARTS; i++) {
            try (PackagedWatchdog watchdog = PackagedWatchdog.with(
                            "mode", "static",
                            "static_path", folder.toString(),
                            "port", "0",
                            "metrics_port", "0",
                            "healthcheck_interval", "200ms")
                    .startReady()) {
                ReconnectingClients reconnecting = ReconnectingClients.start(clients, watchdog.port(), "/");
                Polling.until(PATIENCE, () -> reconnecting.responses() > 2 * clients);
                watchdog.signal("TERM");
                lost.addAll(reconnecting.awaitRefused());
                assertThat(watchdog.awaitExit()).isZero();
            }
        }
        assertThat(lost).hasSizeLessThanOrEqualTo(ALLOWED);
    }
}
