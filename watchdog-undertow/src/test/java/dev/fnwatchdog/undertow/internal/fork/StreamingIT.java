package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.Sleeper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the packaged jar with one process for each request. Proves specification 1.1, 4.2, 4.4, 4.14, 6.2, 6.15, 7.9 to
 * 7.11.
 */
class StreamingIT {
    private static final long MEGABYTE = 1 << 20;
    private static final long BODY = 1024 * MEGABYTE;
    // 64 MiB of heap, as much outside it, and what any JVM needs for itself.
    private static final long MAX_MEMORY = 250 * MEGABYTE;

    /** Configures a watchdog without a mode: streaming is the default. */
    private static PackagedWatchdog.Builder with(String command, String... settings) {
        return PackagedWatchdog.with("fprocess", command, "port", "0", "metrics_port", "0", "healthcheck_interval", "0")
                .set(settings);
    }

    /** Proves specification 1.1, 6.2. */
    @Test
    void streamingIsTheDefaultMode() throws Exception {
        try (PackagedWatchdog watchdog = with("cat").startReady()) {
            assertThat(watchdog.err()).anyMatch(line -> line.endsWith("Mode: streaming, fprocess: \"cat\""));
            for (int i = 0; i < 3; i++) {
                assertThat(watchdog.send(watchdog.request("/").POST(BodyPublishers.ofString("hello")))
                                .body())
                        .isEqualTo("hello");
            }
            watchdog.awaitLine("POST / - 200 - ContentLength: 5B (");
            assertThat(watchdog.err()).noneMatch(line -> line.contains("WARN"));

            watchdog.signal("TERM");
            assertThat(watchdog.awaitExit()).isZero();
            assertThat(watchdog.remainingDescendants()).isEmpty();
        }
    }

    /** Proves specification 4.10. */
    @Test
    void noThreadIsStartedForTheEndOfAProcess() throws Exception {
        try (PackagedWatchdog watchdog =
                with("cat", "metrics_port", Integer.toString(FreePort.any())).startReady()) {
            long before = threadsStartedBy(20, watchdog);

            assertThat(threadsStartedBy(50, watchdog) - before).isLessThan(20);
        }
    }

    /** Returns how many threads the watchdog has started by the end of that many more requests. */
    private static long threadsStartedBy(int requests, PackagedWatchdog watchdog) throws Exception {
        for (int i = 0; i < requests; i++) {
            watchdog.get("/");
        }
        URI page = URI.create("http://127.0.0.1:%d/metrics".formatted(watchdog.metricsPort()));
        return watchdog.send(HttpRequest.newBuilder(page))
                .body()
                .lines()
                .filter(line -> line.startsWith("jvm_threads_started_total "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.indexOf(' '))))
                .findFirst()
                .orElseThrow();
    }

    /** Proves specification 4.14. */
    @Test
    @Timeout(90)
    void aGigabyteIsStreamedThroughAProcessWithAHeapOf64Mib() throws Exception {
        try (PackagedWatchdog watchdog = with(
                                "cat", "exec_timeout", "80s", "read_timeout", "80s", "write_timeout", "80s")
                        .jvm("-Xmx64m")
                        .startReady();
                Socket client = new Socket(InetAddress.getLoopbackAddress(), watchdog.port())) {
            CompletableFuture<Long> sent = CompletableFuture.supplyAsync(() -> send(client));

            assertThat(checksum(client.getInputStream())).isEqualTo(sent.join());
            assertThat(watchdog.peakMemory()).isLessThan(MAX_MEMORY);
            assertThat(watchdog.err()).noneMatch(line -> line.contains("OutOfMemory"));
        }
    }

    /** Sends random megabytes, and returns their checksum. */
    private static long send(Socket client) {
        byte[] piece = new byte[(int) MEGABYTE];
        new Random(3).nextBytes(piece);
        CRC32 sum = new CRC32();
        try {
            OutputStream out = client.getOutputStream();
            out.write(("POST / HTTP/1.0\r\nContent-Length: " + BODY + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            for (long left = BODY; left > 0; left -= piece.length) {
                piece[0]++;
                sum.update(piece);
                out.write(piece);
            }
            return sum.getValue();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static long checksum(InputStream in) throws IOException {
        String head = "";
        while (!head.endsWith("\r\n\r\n")) {
            head += (char) in.read();
        }
        CRC32 sum = new CRC32();
        byte[] piece = new byte[1 << 16];
        for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
            sum.update(piece, 0, length);
        }
        return sum.getValue();
    }

    /** Proves specification 4.14. */
    @Test
    void aProcessIsBlockedWhileItsClientReadsSlowly() throws Exception {
        Path progress = Files.createTempFile("watchdog", "progress");
        String script = "i=0; while [ $i -lt 200 ]; do head -c 1048576 /dev/zero; echo $i >>%s; i=$((i+1)); done"
                .formatted(progress);
        try (PackagedWatchdog watchdog =
                        with("sh -c '" + script + "'").jvm("-Xmx64m").startReady();
                Socket client = new Socket(InetAddress.getLoopbackAddress(), watchdog.port())) {
            client.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = client.getInputStream();
            for (int megabyte = 1; megabyte <= 20; megabyte++) {
                in.readNBytes((int) MEGABYTE);
                // The buffers of the sockets contain some megabytes, and nothing else does.
                assertThat(Files.readAllLines(progress).size()).isLessThan(megabyte + 20);
            }
            assertThat(watchdog.peakMemory()).isLessThan(MAX_MEMORY);
        } finally {
            Files.delete(progress);
        }
    }

    /** Proves specification 7.11. */
    @Test
    void aSecondSigtermKillsTheProcessTreesOfRequests() throws Exception {
        Sleeper sleeper = new Sleeper();
        String script = "(setsid %1$s &); exec %1$s".formatted(sleeper.command());
        try (PackagedWatchdog watchdog = with(
                                "sh -c '" + script + "'", "write_timeout", "20s", "healthcheck_interval", "10s")
                        .startReady();
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            sleeper.awaitStart();
            watchdog.signal("TERM");
            watchdog.awaitLine("SIGTERM: no new connections in 10s");
            watchdog.signal("TERM");

            assertThat(watchdog.awaitExit()).isEqualTo(128 + 15);
            sleeper.awaitEnd();
        }
    }

    /** Proves specification 7.9, 7.10. */
    @Test
    void aRequestInFlightEndsAfterCtrlC() throws Exception {
        try (PackagedWatchdog watchdog = with("sh -c 'echo begun; read line; echo $line'")
                        .interruptible()
                        .startReady();
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n")
                    .readUntil("begun\n");
            watchdog.signal("INT");
            watchdog.awaitLine("draining: 1 requests");
            client.send("end\n");

            assertThat(client.readToEnd()).contains("end\n").endsWith("\r\n0\r\n\r\n");
            assertThat(watchdog.awaitExit()).isZero();
            assertThat(watchdog.remainingDescendants()).isEmpty();
        }
    }

    /** Proves specification 4.2. */
    @ParameterizedTest
    @CsvSource({"streaming", "serializing"})
    void textOutsideAsciiReachesTheEnvironmentOfAProcessByteForByte(String mode) throws Exception {
        try (PackagedWatchdog watchdog = with("env", "mode", mode).startReady();
                RawClient client = watchdog.connect()) {
            // Each char is a byte: the UTF-8 of U+00E4, and of U+1F600 as an escape.
            client.send("GET /\u00c3\u00a4%F0%9F%98%80 HTTP/1.1\r\nHost: h\r\nX-Name: J\u00c3\u00b6rg\r\n\r\n");
            assertThat(client.readWhole())
                    .contains("\nHttp_Path=/\u00c3\u00a4\u00f0\u009f\u0098\u0080\n", "\nHttp_X_Name=J\u00c3\u00b6rg\n");
        }
    }

    /** Proves specification 4.4. */
    @ParameterizedTest
    @ValueSource(strings = {"C.UTF-8", "C"})
    void bytesThatAreNotUtf8ReachTheEnvironmentUnchangedFromJdk22On(String locale) throws Exception {
        assumeThat(Runtime.version().feature() >= 22 || locale.equals("C.UTF-8"))
                .as("JDK 17 to 21 lose all bytes outside ASCII in another locale")
                .isTrue();
        boolean unchanged = Runtime.version().feature() >= 22;
        String lost = "\u00ef\u00bf\u00bd";
        try (PackagedWatchdog watchdog =
                        with("env", "LANG", locale, "LC_ALL", locale).startReady();
                RawClient client = watchdog.connect()) {
            client.send("GET /%FF%C3%A4\u00e4 HTTP/1.1\r\nHost: h\r\nX-Name: J\u00f6rg \u00c3\u00b6\r\n\r\n");
            assertThat(client.readWhole())
                    .contains("\nHttp_Path=/" + (unchanged ? "\u00ff" : lost) + "\u00c3\u00a4"
                            + (unchanged ? "\u00e4" : lost) + "\n")
                    .contains("\nHttp_X_Name=J" + (unchanged ? "\u00f6" : lost) + "rg \u00c3\u00b6\n");
        }
    }

    /** Proves specification 4.4. */
    @Test
    void oneLineWarnsWhenTheSystemEncodingIsNotUtf8() throws Exception {
        for (String mode : new String[] {"streaming", "serializing"}) {
            try (PackagedWatchdog watchdog =
                    with("cat", "mode", mode, "LANG", "C", "LC_ALL", "C").startReady()) {
                assertThat(watchdog.err().stream().filter(line -> line.contains("LANG=C.UTF-8")))
                        .hasSize(1);
                assertThat(watchdog.get("/").statusCode()).isEqualTo(200);
            }
        }
    }

    /** Proves specification 6.15. */
    @Test
    void requestsAreServedWhileNothingReadsTheOutputOfTheProcesses() throws Exception {
        int port = FreePort.any();
        try (PackagedWatchdog watchdog = with("sh -c 'seq 1 100000 >&2; echo answer'", "port", Integer.toString(port))
                .unread()
                .start()) {
            watchdog.setPort(port);
            Polling.until(Duration.ofSeconds(20), () -> watchdog.get("/_/ready").statusCode() == 200);
            for (int i = 0; i < 10; i++) {
                assertThat(watchdog.get("/").body()).isEqualTo("answer\n");
            }
            watchdog.signal("TERM");
            assertThat(watchdog.awaitExit()).isZero();
        }
    }
}
