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

/** The packaged jar with 64 MiB of heap, and clients that make it hold as much as they can. */
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
        // What has been sent to it and it has not read is to wait on the other side.
        client.setReceiveBufferSize(4096);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), watchdog.port()));
        return client;
    }

    /** Heads that do not end, or end in a body that does not come. */
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

    @ParameterizedTest
    @EnumSource(names = {"ONE_LONG_VALUE", "MANY_PARAMETERS", "MEDIUM_FIELDS"})
    void serves_others_while_clients_send_heads_that_do_not_fit_into_memory_and_has_it_back_afterwards(Head head)
            throws Exception {
        sendHeads(head);
    }

    @Tag("nightly")
    @ParameterizedTest
    @EnumSource(names = {"MANY_FIELDS", "COMPLETE", "MEDIUM_VALUE", "SMALL_FIELDS"})
    void serves_others_while_clients_send_further_heads_that_do_not_fit_into_memory(Head head) throws Exception {
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
            // Its head was too much.
        }
    }

    @Test
    void serves_5000_connections_at_rest() throws Exception {
        int connections = 5_000;
        long descriptors = mostDescriptors();
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

    private static long mostDescriptors() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/limits")).stream()
                .filter(line -> line.startsWith("Max open files"))
                .mapToLong(line -> Long.parseLong(
                        line.replaceFirst("Max open files\\s+\\d+\\s+", "").replaceFirst("\\D.*", "")))
                .findFirst()
                .orElse(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"streaming", "serializing", "http", "static", "inproc"})
    void serves_others_while_200_clients_do_not_read_their_large_responses(String mode) throws Exception {
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
