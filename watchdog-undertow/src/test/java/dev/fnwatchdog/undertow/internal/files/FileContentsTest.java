package dev.fnwatchdog.undertow.internal.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of all sizes arrive unchanged, on every version of HTTP, and at many clients at once. Proves specification
 * 1.25, 1.35, 2.1, 2.2, 2.4.
 */
class FileContentsTest {
    @TempDir
    private Path folder;

    private String write(String name, int size) throws Exception {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        Files.write(folder.resolve(name), bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /**
     * Tests sizes around all limits: buffers, the memory cache, the last piece, the longest piece. Proves specification
     * 1.25.
     */
    @ParameterizedTest
    @ValueSource(
            ints = {
                0, 1, 16_363, 16_364, 16_365, 32_768, 32_769, 65_535, 65_537, 81_900, 81_901, 1_048_576, 1_130_476,
                1_130_477, 5_000_000
            })
    void filesOfAnySizeArriveUnchangedOverEveryHttpVersion(int size) throws Exception {
        String content = write("file", size);
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder, "write_timeout", "30s");
                RawClient client = watchdog.connect();
                Http2Client http2 = Http2Client.on(watchdog.connect())) {
            for (int i = 0; i < 3; i++) {
                client.send("GET /file HTTP/1.1\r\nHost: h\r\n\r\n");
                client.readHead();
                assertThat(client.read(size).equals(content)).isTrue();
            }
            http2.send(Http2Frames.WINDOW_UPDATE, 0, 0, new byte[] {0x10, 0, 0, 0});
            http2.get(1, "/file");
            http2.send(Http2Frames.WINDOW_UPDATE, 0, 1, new byte[] {0x10, 0, 0, 0});
            assertThat(http2.response(1).endsWith("\n" + content)).isTrue();
            try (RawClient old = watchdog.connect()) {
                old.send("GET /file HTTP/1.0\r\n\r\n").readHead();
                assertThat(old.readToEnd().equals(content)).isTrue();
            }
        }
    }

    @Test
    void filesArriveUnchangedAtManyClientsAtTheSameTime() throws Exception {
        String small = write("small", 1000);
        String large = write("large", 400_000);
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder, "write_timeout", "30s")) {
            CompletableFuture<?>[] clients = IntStream.range(0, 24)
                    .mapToObj(i -> CompletableFuture.runAsync(() -> {
                        try (RawClient client = watchdog.connect()) {
                            for (int n = 0; n < 20; n++) {
                                client.send(
                                        "GET /small HTTP/1.1\r\nHost: h\r\n\r\nGET /large HTTP/1.1\r\nHost: h\r\n\r\n");
                                client.readHead();
                                assertThat(client.read(small.length()).equals(small))
                                        .isTrue();
                                client.readHead();
                                assertThat(client.read(large.length()).equals(large))
                                        .isTrue();
                            }
                        } catch (Exception e) {
                            throw new AssertionError(e);
                        }
                    }))
                    .toArray(CompletableFuture[]::new);

            CompletableFuture.allOf(clients).get();
        }
    }

    /** Requests more files than the cache can contain. Proves specification 1.35. */
    @Test
    void moreFilesThanTheCacheCanContainAreServed() throws Exception {
        int files = 800;
        for (int i = 0; i < files; i++) {
            Files.writeString(folder.resolve("f" + i), (i + " ").repeat(6000));
        }
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder);
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < files; i++) {
                client.send("GET /f%d HTTP/1.1\r\nHost: h\r\n\r\n".formatted(i));
                assertThat(client.readResponse()).endsWith("\r\n\r\n" + (i + " ").repeat(6000));
            }
        }
    }

    /** Proves specification 2.1, 2.2, 2.4. */
    @Test
    void readinessReturnsTheFileOfReadyPath() throws Exception {
        Files.writeString(folder.resolve("ready.txt"), "ready");
        String large = "x".repeat(60_000);
        Files.writeString(folder.resolve("large.txt"), large);
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder, "ready_path", "/ready.txt")) {
            HttpResponse<String> ready = watchdog.get("/_/ready");
            assertThat(ready.statusCode()).isEqualTo(200);
            assertThat(ready.body()).isEqualTo("ready");

            Files.delete(folder.resolve("ready.txt"));
            Polling.until(
                    java.time.Duration.ofSeconds(1),
                    () -> watchdog.get("/_/ready").statusCode() == 404);
        }
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder, "ready_path", "/large.txt")) {
            assertThat(watchdog.get("/_/ready").body()).isEqualTo(large);
        }
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder)) {
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(200);
            assertThat(watchdog.get("/_/health").body()).isEqualTo("OK");
        }
    }
}
