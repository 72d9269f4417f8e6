package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Forwards bodies that are much larger than the heap of the packaged jar. Proves specification 3.16, 3.24. */
class LargeBodyMemoryIT {
    private static final long MEGABYTE = 1 << 20;
    private static final long BODY = 500 * MEGABYTE;
    // 64 MiB of heap, as much outside it, and what any JVM needs for itself.
    private static final long MAX_MEMORY = 250 * MEGABYTE;

    @Test
    @Timeout(120)
    void bodiesOf500MibPassInBothDirectionsThroughAHeapOf64Mib() throws Exception {
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOfPython(
                        "write_timeout", "100s", "read_timeout", "100s")
                .set("exec_timeout", "100s")
                .jvm("-Xmx64m")
                .startReady()) {
            HttpResponse<String> sent = HttpClient.newHttpClient()
                    .send(
                            watchdog.request("/checksum")
                                    .timeout(Duration.ofSeconds(100))
                                    .POST(BodyPublishers.fromPublisher(BodyPublishers.ofInputStream(Zeros::new), BODY))
                                    .build(),
                            BodyHandlers.ofString());
            HttpResponse<InputStream> received = HttpClient.newHttpClient()
                    .send(watchdog.request("/bytes/" + BODY).build(), BodyHandlers.ofInputStream());

            assertThat(sent.body()).isEqualTo(checksum(new Zeros()));
            try (InputStream body = received.body()) {
                assertThat(checksum(body)).isEqualTo(sent.body());
            }
            assertThat(watchdog.peakMemory()).isLessThan(MAX_MEMORY);
            assertThat(watchdog.err()).noneMatch(line -> line.contains("OutOfMemory"));
        }
    }

    private static String checksum(InputStream body) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        byte[] piece = new byte[1 << 16];
        for (int length = body.read(piece); length >= 0; length = body.read(piece)) {
            digest.update(piece, 0, length);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /** A stream of {@code BODY} zero bytes. */
    private static final class Zeros extends InputStream {
        private long left = BODY;

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : 0;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            if (left == 0) {
                return -1;
            }
            int count = (int) Math.min(length, left);
            Arrays.fill(bytes, offset, offset + count, (byte) 0);
            left -= count;
            return count;
        }
    }
}
