package dev.fnwatchdog.undertow.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.RawClient;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A watchdog without free file descriptors accepts again soon after some are free, and logs the limit. Proves
 * specification 7.25.
 */
class DescriptorLimitIT {
    private static final int LIMIT = 80;
    private static final int EXHAUSTED_MILLIS = 2_500;
    private static final String PROBE = "GET /_/health HTTP/1.1\r\nHost: h\r\n\r\n";

    @TempDir
    private Path folder;

    /** Proves specification 7.25. */
    @Test
    void connectionIsAcceptedWithinASecondAfterDescriptorsAreFreeAgain() throws Exception {
        List<RawClient> holding = new ArrayList<>();
        try (PackagedWatchdog watchdog = PackagedWatchdog.with(
                        "mode", "static", "static_path", folder.toString(), "port", "0", "metrics_port", "0")
                .underLimit("-n", LIMIT)
                .startReady()) {
            for (int i = 0; i < LIMIT; i++) {
                holding.add(watchdog.connect());
            }
            try (RawClient waiting = watchdog.connect()) {
                waiting.socket().setSoTimeout(EXHAUSTED_MILLIS);
                waiting.send(PROBE);
                assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(waiting::readHead);

                for (RawClient client : holding) {
                    client.close();
                }

                waiting.socket().setSoTimeout((int) Duration.ofSeconds(1).toMillis());
                assertThat(waiting.readHead()).startsWith("HTTP/1.1 200 ");
            }
            assertThat(watchdog.err())
                    .filteredOn(line -> line.contains("ccept"))
                    .singleElement()
                    .asString()
                    .endsWith("Cannot accept connections on port %d: Too many open files (ulimit -n: %d)"
                            .formatted(watchdog.port(), LIMIT));
        } finally {
            for (RawClient client : holding) {
                client.close();
            }
        }
    }
}
