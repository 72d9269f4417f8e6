package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;

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

/** The packaged jar with one process a call (contract 4). */
class StreamingIT {
    private static final long MEGABYTE = 1 << 20;
    private static final long BODY = 1024 * MEGABYTE;
    // 64 of heap, as much again outside it, and what any JVM needs for itself.
    private static final long MOST = 250 * MEGABYTE;

    /** With nothing set but the command: streaming is the default. */
    private static PackagedWatchdog.Builder with(String command, String... settings) {
        return PackagedWatchdog.with("fprocess", command, "port", "0", "metrics_port", "0", "healthcheck_interval", "0")
                .set(settings);
    }

    @Test
    void streamsByDefault() throws Exception {
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

    @Test
    @Timeout(90)
    void passesAGigabyteThroughASmallHeap() throws Exception {
        try (PackagedWatchdog watchdog = with(
                                "cat", "exec_timeout", "80s", "read_timeout", "80s", "write_timeout", "80s")
                        .jvm("-Xmx64m")
                        .startReady();
                Socket client = new Socket(InetAddress.getLoopbackAddress(), watchdog.port())) {
            CompletableFuture<Long> sent = CompletableFuture.supplyAsync(() -> send(client));

            assertThat(checksum(client.getInputStream())).isEqualTo(sent.join());
            assertThat(watchdog.peakMemory()).isLessThan(MOST);
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

    @Test
    void holdsAProcessBackForASlowReader() throws Exception {
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
                // Some are in the sockets' buffers, and none anywhere else.
                assertThat(Files.readAllLines(progress).size()).isLessThan(megabyte + 20);
            }
            assertThat(watchdog.peakMemory()).isLessThan(MOST);
        } finally {
            Files.delete(progress);
        }
    }

    @Test
    void killsWhatRunsWhenItIsToldToStopTwice() throws Exception {
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

    @Test
    void letsACallEndAfterCtrlC() throws Exception {
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

    @ParameterizedTest
    @CsvSource({"streaming", "serializing"})
    void passesOnTextOutsideAsciiByteForByte(String mode) throws Exception {
        try (PackagedWatchdog watchdog = with("env", "mode", mode).startReady();
                RawClient client = watchdog.connect()) {
            // Each char is a byte: UTF-8 of U+00E4, and of U+1F600 once escaped.
            client.send("GET /\u00c3\u00a4%F0%9F%98%80 HTTP/1.1\r\nHost: h\r\nX-Name: J\u00c3\u00b6rg\r\n\r\n");
            assertThat(client.readWhole())
                    .contains("\nHttp_Path=/\u00c3\u00a4\u00f0\u009f\u0098\u0080\n", "\nHttp_X_Name=J\u00c3\u00b6rg\n");
        }
    }

    @Test
    void warnsWhereTheSystemsEncodingIsNotUtf8() throws Exception {
        for (String mode : new String[] {"streaming", "serializing"}) {
            try (PackagedWatchdog watchdog =
                    with("cat", "mode", mode, "LANG", "C", "LC_ALL", "C").startReady()) {
                assertThat(watchdog.err().stream().filter(line -> line.contains("LANG=C.UTF-8")))
                        .hasSize(1);
                assertThat(watchdog.get("/").statusCode()).isEqualTo(200);
            }
        }
    }

    @Test
    void servesOnWhereNobodyReadsWhatProcessesPrint() throws Exception {
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
