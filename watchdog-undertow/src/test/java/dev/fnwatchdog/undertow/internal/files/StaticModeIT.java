package dev.fnwatchdog.undertow.internal.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the packaged jar with {@code mode=static}. Proves specification 1.25, 1.26, 1.28, 1.32, 1.35, 1.36, 6.2. */
class StaticModeIT {
    private static final long MEGABYTE = 1 << 20;
    private static final long SIZE = 1500 * MEGABYTE;

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("index.html"), "hello");
        Files.writeString(folder.resolve("über.txt"), "there");
    }

    private PackagedWatchdog.Builder serving(String... settings) {
        return PackagedWatchdog.with(
                        "mode", "static",
                        "static_path", folder.toString(),
                        "port", "0",
                        "metrics_port", "0",
                        "healthcheck_interval", "0")
                .set(settings);
    }

    /** Proves specification 1.25, 1.26, 1.32, 6.2. */
    @Test
    void aFolderIsServedUntilSigterm() throws Exception {
        try (PackagedWatchdog watchdog = serving().startReady()) {
            HttpResponse<String> index = watchdog.get("/");
            assertThat(index.statusCode()).isEqualTo(200);
            assertThat(index.body()).isEqualTo("hello");
            assertThat(index.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
            assertThat(watchdog.get("/%C3%BCber.txt").body()).isEqualTo("there");
            assertThat(watchdog.get("/nope").statusCode()).isEqualTo(404);
            assertThat(watchdog.get("/_/health").body()).isEqualTo("OK");
            assertThat(watchdog.awaitLine("GET / - 200")).contains(" - 200 - ContentLength: 5B (");
            assertThat(watchdog.err())
                    .anyMatch(line -> line.endsWith("Mode: static, static_path: " + folder))
                    .noneMatch(line -> line.contains("sun.jnu.encoding"));

            watchdog.signal("TERM");

            assertThat(watchdog.awaitExit()).isZero();
        }
    }

    /** Proves specification 1.36. */
    @Test
    void aWarningIsLoggedInStaticModeWhenTheSystemEncodingIsNotUtf8() throws Exception {
        try (PackagedWatchdog watchdog = serving("LANG", "C", "LC_ALL", "C").startReady()) {
            assertThat(watchdog.awaitLine("sun.jnu.encoding")).contains("LANG=C.UTF-8");
            assertThat(watchdog.get("/%C3%BCber.txt").statusCode()).isEqualTo(404);
        }
    }

    /** Proves specification 1.35. */
    @Test
    @Timeout(120)
    void aFileMuchLargerThanTheHeapIsSent() throws Exception {
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("huge.bin").toFile(), "rw")) {
            file.setLength(SIZE);
        }
        try (PackagedWatchdog watchdog =
                serving("write_timeout", "100s").jvm("-Xmx64m").startReady()) {
            HttpResponse<InputStream> response = HttpClient.newHttpClient()
                    .send(
                            watchdog.request("/huge.bin")
                                    .timeout(Duration.ofSeconds(100))
                                    .build(),
                            HttpResponse.BodyHandlers.ofInputStream());

            try (InputStream body = response.body()) {
                assertThat(body.skip(SIZE)).isEqualTo(SIZE);
                assertThat(body.read()).isNegative();
            }
            assertThat(watchdog.peakMemory()).isLessThan(250 * MEGABYTE);
        }
    }

    /** Proves specification 1.28. */
    @Test
    void filesThatTheWatchdogMayNotReadAre403() throws Exception {
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (int size : new int[] {10, 100_000}) {
            Path secret = Files.writeString(folder.resolve("secret" + size), "x".repeat(size));
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
        }
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Files.writeString(closed.resolve("index.html"), "x");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
        try (PackagedWatchdog watchdog = serving("suppress_lock", "true", "static_spa", "true")
                .withoutPrivileges()
                .startReady()) {
            assertThat(watchdog.get("/secret10").statusCode()).isEqualTo(403);
            assertThat(watchdog.get("/secret10").body()).isEqualTo("403 forbidden\n");
            assertThat(watchdog.get("/secret100000").statusCode()).isEqualTo(403);
            assertThat(watchdog.send(watchdog.request("/secret100000")
                                    .method("HEAD", HttpRequest.BodyPublishers.noBody()))
                            .statusCode())
                    .isEqualTo(403);
            assertThat(watchdog.get("/closed/").statusCode()).isEqualTo(403);
            assertThat(watchdog.get("/").statusCode()).isEqualTo(200);
            assertThat(watchdog.err()).noneMatch(line -> line.contains("failed"));
        } finally {
            Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
        }
    }
}
