package dev.fnwatchdog.undertow.internal.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests events during the transfer of a large file; each test ends with no request, buffer or file left open. Proves
 * specification 1.7, 1.16, 1.18, 1.33, 7.2, 7.9, 9.18.
 */
class FileTransferTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int HUGE = 48 * 1024 * 1024;
    private static final String GET = "GET /huge.bin HTTP/1.1\r\nHost: h\r\n\r\n";

    @TempDir
    private Path folder;

    private Path huge;

    @BeforeEach
    void write() throws Exception {
        huge = folder.resolve("huge.bin");
        try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(HUGE);
        }
        Files.writeString(folder.resolve("a.txt"), "hello");
    }

    /** Counts the files of the folder that this process has open. */
    private long openFiles() throws IOException {
        String inside = folder.toRealPath().toString();
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(link -> isInside(inside, link)).count();
        }
    }

    private static boolean isInside(String folder, Path link) {
        try {
            return Files.readSymbolicLink(link).toString().startsWith(folder);
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private void awaitNothingOpen(RunningWatchdog watchdog) {
        watchdog.awaitIdle();
        Polling.until(PATIENCE, () -> openFiles() == 0);
    }

    /** Proves specification 1.18. */
    @Test
    void aFileTransferIsBrokenOffAfterWriteTimeoutWhenTheClientStopsReading() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder, "write_timeout", "300ms");
                RawClient client = watchdog.connect()) {
            client.send(GET);
            assertThat(client.readHead()).contains("Content-Length: " + HUGE);

            awaitNothingOpen(watchdog);
            assertThat(client.readUntilClosedOrReset().length()).isLessThan(HUGE);
            assertThat(watchdog.log().awaitLine("GET /huge.bin")).contains(" - 200 - ");
        }
    }

    /** Proves specification 7.2. */
    @Test
    void thePermitOfAFileTransferIsHeldUntilTheClientHasReadTheFile() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder, "max_inflight", "1", "write_timeout", "30s");
                RawClient client = watchdog.connect()) {
            client.send(GET);
            client.readHead();

            assertThat(watchdog.get("/a.txt").statusCode()).isEqualTo(429);
            assertThat(watchdog.metric("http_requests_in_flight")).isOne();
            assertThat(openFiles()).isOne();

            assertThat(client.read(HUGE)).hasSize(HUGE);
            assertThat(watchdog.get("/a.txt").statusCode()).isEqualTo(200);
            awaitNothingOpen(watchdog);
        }
    }

    /** Proves specification 1.35. */
    @Test
    void transfersThatBeginWithinAMomentShareTheDescriptorOfTheirFile() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder, "write_timeout", "30s")) {
            // On a slow machine the second may come too late.
            Polling.until(PATIENCE, () -> descriptorsOfTwoTransfers(watchdog) == 1);
            awaitNothingOpen(watchdog);
        }
    }

    private long descriptorsOfTwoTransfers(RunningWatchdog watchdog) throws IOException {
        try (RawClient first = watchdog.connect();
                RawClient second = watchdog.connect()) {
            first.send(GET);
            second.send(GET);
            first.readHead();
            second.readHead();
            return openFiles();
        }
    }

    /** Proves specification 7.2. */
    @Test
    void everythingIsReleasedWhenTheClientDisconnectsDuringAFileTransfer() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder, "write_timeout", "30s")) {
            try (RawClient client = watchdog.connect()) {
                client.send(GET);
                client.readHead();
            }
            try (RawClient client = watchdog.connect()) {
                client.send(GET);
                client.readHead();
                client.reset();
            }

            awaitNothingOpen(watchdog);
        }
    }

    @Test
    void aClientThatHalfClosesGetsTheWholeFile() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder);
                RawClient client = watchdog.connect()) {
            client.send("GET /huge.bin HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            client.socket().shutdownOutput();

            client.readHead();
            assertThat(client.readToEnd()).hasSize(HUGE);
        }
    }

    /** Proves specification 1.33. */
    @Test
    void aFileThatGetsShorterDuringItsTransferBreaksOffTheResponse() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder, "write_timeout", "30s");
                RawClient client = watchdog.connect();
                Http2Client http2 = Http2Client.on(watchdog.connect())) {
            client.send(GET);
            client.readHead();
            http2.get(1, "/huge.bin");
            http2.next();

            try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
                file.setLength(1000);
            }

            assertThat(client.readUntilClosedOrReset().length()).isLessThan(HUGE);
            http2.send(Http2Frames.WINDOW_UPDATE, 0, 0, new byte[] {0x10, 0, 0, 0});
            http2.send(Http2Frames.WINDOW_UPDATE, 0, 1, new byte[] {0x10, 0, 0, 0});
            assertThat(http2.response(1)).endsWith("RST_STREAM");
            awaitNothingOpen(watchdog);
        }
    }

    /** Proves specification 1.33. */
    @Test
    void aFileThatIsReplacedDuringItsTransferIsSentAsItWas() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder, "write_timeout", "30s");
                RawClient client = watchdog.connect()) {
            client.send(GET);
            client.readHead();

            Files.writeString(folder.resolve("new"), "x".repeat(100_000));
            Files.move(folder.resolve("new"), huge, StandardCopyOption.REPLACE_EXISTING);

            assertThat(client.read(HUGE)).doesNotContain("x");
            Polling.until(
                    Duration.ofSeconds(1),
                    () -> watchdog.get("/huge.bin").body().startsWith("xxx"));
        }
    }

    /** Proves specification 9.18. */
    @Test
    void aResetHttp2StreamReleasesItsFileAndTheConnectionContinues() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder, "write_timeout", "30s");
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.get(1, "/huge.bin");
            assertThat(client.next().fields()).contains(":status: 200");
            client.reset(1);

            awaitNothingOpen(watchdog);
            // Replaces the part of the window that the first stream has used.
            client.send(Http2Frames.WINDOW_UPDATE, 0, 0, new byte[] {0, 1, 0, 0});
            client.get(3, "/a.txt");
            assertThat(client.response(3)).endsWith("\nhello");
        }
    }

    /** Proves specification 7.9. */
    @Test
    void theDrainWaitsForAFileTransfer() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder, "write_timeout", "30s");
                RawClient client = watchdog.connect()) {
            client.send(GET);
            client.readHead();

            CompletableFuture<Integer> stop =
                    CompletableFuture.supplyAsync(() -> watchdog.stop(Shutdown.Cause.SIGTERM));
            watchdog.log().awaitLine("draining: 1 requests");
            assertThat(client.read(HUGE)).hasSize(HUGE);

            assertThat(stop.get()).isZero();
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    /** Proves specification 1.7, 1.16. */
    @Test
    void execTimeoutHasNoEffectInStaticMode() throws Exception {
        try (RunningWatchdog watchdog =
                        RunningWatchdog.serving(folder, "exec_timeout", "50ms", "write_timeout", "30s");
                RawClient client = watchdog.connect()) {
            client.send("GET /huge.bin HTTP/1.1\r\nHost: h\r\nX-Timeout: 50ms\r\n\r\n");
            client.readHead();
            long begin = System.nanoTime();
            Polling.until(
                    PATIENCE,
                    () -> System.nanoTime() - begin > Duration.ofMillis(200).toNanos());

            assertThat(client.read(HUGE)).hasSize(HUGE);
            assertThat(watchdog.log().awaitLine("exec_timeout")).contains("no effect");
        }
    }
}
