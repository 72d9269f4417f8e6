package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fnwatchdog.undertow.fixture.FunctionJar;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.Polling;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Runs the packaged jar with 64 MiB of heap, and with clients that make it use as much memory as they can. Proves
 * specification 1.35, 3.24, 4.14, 7.20 to 7.22.
 */
@Timeout(60)
class MemoryLimitsIT {
    private static final long LARGEST_HEAP_AT_REST = 16L << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final int BODY = 8 << 20;

    @TempDir
    private Path folder;

    private final List<Socket> clients = new ArrayList<>();

    @AfterEach
    void closeClients() throws IOException {
        for (Socket client : clients) {
            client.close();
        }
        clients.clear();
    }

    private PackagedWatchdog.Builder files() throws IOException {
        Files.writeString(folder.resolve("small"), "small");
        return small("mode", "static", "static_path", folder.toString());
    }

    private static PackagedWatchdog.Builder small(String... settings) {
        return PackagedWatchdog.with("port", "0", "metrics_port", "0", "healthcheck_interval", "0")
                .set(settings)
                .jvm("-Xmx64m");
    }

    private Socket connect(PackagedWatchdog watchdog) throws IOException {
        Socket client = new Socket();
        clients.add(client);
        // A small receive buffer, so that bytes which the client has not read stay on the side of the watchdog.
        client.setReceiveBufferSize(4096);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), watchdog.port()));
        return client;
    }

    /** Heads that do not end, or that end in a body that does not come. */
    enum Head {
        ONE_LONG_VALUE(60, "A: " + "x".repeat(1_000_000)),
        MANY_FIELDS(60, fields(150_000)),
        MANY_PARAMETERS(60, ""),
        COMPLETE(60, "Content-Length: 5\r\nA: " + "x".repeat(1_000_000) + "\r\n\r\n"),
        MEDIUM_VALUE(600, "A: " + "x".repeat(60_000)),
        MEDIUM_FIELDS(600, fields(8_000)),
        SMALL_FIELDS(1_000, fields(100));

        private final int connections;
        private final String text;

        Head(int connections, String fields) {
            this.connections = connections;
            String query = fields.isEmpty()
                    ? "?"
                            + IntStream.range(0, 150_000)
                                    .mapToObj(Integer::toHexString)
                                    .collect(Collectors.joining("&"))
                    : "";
            this.text = "POST /" + query + " HTTP/1.1\r\nHost: h\r\n" + fields;
        }

        private static String fields(int count) {
            return IntStream.range(0, count)
                    .mapToObj(i -> Integer.toHexString(i) + ":\r\n")
                    .collect(Collectors.joining());
        }
    }

    /** Proves specification 7.21, 7.22. */
    @ParameterizedTest
    @EnumSource(names = {"ONE_LONG_VALUE", "MANY_PARAMETERS", "COMPLETE", "MEDIUM_FIELDS"})
    void otherRequestsAreServedWhileHeadsExceedTheMemoryThatIsFreeAgainAfterwards(Head head) throws Exception {
        sendHeads(head);
    }

    /** Proves specification 7.21, 7.22. */
    @Tag("nightly")
    @ParameterizedTest
    @EnumSource(names = {"MANY_FIELDS", "MEDIUM_VALUE", "SMALL_FIELDS"})
    void otherRequestsAreServedWhileFurtherKindsOfHeadsExceedTheMemory(Head head) throws Exception {
        sendHeads(head);
    }

    private void sendHeads(Head head) throws Exception {
        try (PackagedWatchdog watchdog = files().startReady()) {
            for (int i = 0; i < head.connections; i++) {
                send(connect(watchdog), head.text);
                if (i % (head.connections / 20) == 0) {
                    assertThat(watchdog.get("/small").body()).isEqualTo("small");
                }
            }

            assertThat(watchdog.get("/small").body()).isEqualTo("small");
            closeClients();
            assertAtRest(watchdog);
        }
    }

    private static void send(Socket client, String text) {
        try {
            client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException refused) {
            // The watchdog has refused the head and closed the connection.
        }
    }

    @Test
    void fiveThousandIdleConnectionsAreServed() throws Exception {
        int connections = 5_000;
        long descriptors = maxDescriptors();
        if (descriptors < connections + 500) {
            System.out.println("skipped: needs more descriptors than " + descriptors + "; raise the limit, ulimit -n");
        }
        assumeTrue(descriptors >= connections + 500);
        try (PackagedWatchdog watchdog = files().startReady()) {
            for (int i = 0; i < connections; i++) {
                connect(watchdog);
            }

            assertThat(watchdog.get("/small").body()).isEqualTo("small");
            for (Socket client : clients) {
                send(client, "GET /small HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(new String(client.getInputStream().readNBytes(15), StandardCharsets.ISO_8859_1))
                        .isEqualTo("HTTP/1.1 200 OK");
            }
            closeClients();
            assertAtRest(watchdog);
        }
    }

    private static long maxDescriptors() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .mapToLong(line -> Long.parseLong(
                        line.replaceFirst("Max open files\\s+\\d+\\s+", "").replaceFirst("\\D.*", "")))
                .findFirst()
                .orElse(0);
    }

    /** Proves specification 1.35 (static), 3.24 (http), 4.14 (streaming), 7.20 (serializing). */
    @ParameterizedTest
    @ValueSource(strings = {"streaming", "serializing", "http", "static", "inproc"})
    void otherRequestsAreServedWhile200ClientsDoNotReadTheirLargeResponses(String mode) throws Exception {
        try (PackagedWatchdog watchdog = large(mode).startReady()) {
            String large = mode.equals("http") ? "/bytes/" + BODY : "/large";
            for (int i = 0; i < 200; i++) {
                send(connect(watchdog), "GET %s HTTP/1.1\r\nHost: h\r\n\r\n".formatted(large));
            }
            for (Socket client : clients) {
                assertThat(client.getInputStream().read()).isEqualTo('H');
            }

            assertThat(watchdog.get("/small").statusCode()).isEqualTo(200);
            closeClients();
            assertAtRest(watchdog);
            assertThat(watchdog.peakMemory()).isLessThan(250L << 20);
        }
    }

    private PackagedWatchdog.Builder large(String mode) throws Exception {
        String printing = "sh -c 'case $Http_Path in /large) head -c %d /dev/zero;; esac'";
        switch (mode) {
            case "http" -> {
                return PackagedWatchdog.inFrontOfPython().jvm("-Xmx64m");
            }
            case "static" -> {
                Files.write(folder.resolve("large"), new byte[BODY]);
                return files();
            }
            case "inproc" -> {
                Path jar = new FunctionJar().source("com.example.Large", """
                        package com.example;
                        import io.undertow.server.*;
                        import java.io.OutputStream;
                        public final class Large implements HttpHandler {
                            public void handleRequest(HttpServerExchange exchange) throws Exception {
                                if (exchange.isInIoThread()) {
                                    exchange.dispatch(this);
                                    return;
                                }
                                exchange.startBlocking();
                                OutputStream out = exchange.getOutputStream();
                                for (int i = 0; exchange.getRequestPath().equals("/large") && i < 1000; i++) {
                                    out.write(new byte[8000]);
                                }
                            }
                        }
                        """).write(folder, "large.jar");
                return small("mode", "inproc", "handler", "com.example.Large", "function_path", jar.toString());
            }
            default -> {
                int size = mode.equals("serializing") ? 1_000_000 : BODY;
                return small("mode", mode, "fprocess", printing.formatted(size));
            }
        }
    }

    private static void assertAtRest(PackagedWatchdog watchdog) {
        Polling.until(PATIENCE, () -> watchdog.heapInUse() < LARGEST_HEAP_AT_REST);
        assertThat(watchdog.alive()).isTrue();
        assertThat(watchdog.err()).noneMatch(line -> line.contains("OutOfMemory"));
    }
}
