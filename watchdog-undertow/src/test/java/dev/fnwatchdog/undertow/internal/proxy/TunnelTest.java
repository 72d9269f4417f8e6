package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * WebSocket and any other {@code Upgrade} is tunnelled in both directions until one side closes. Proves specification
 * 3.36.
 */
class TunnelTest {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final String UPGRADE_REQUEST =
            "GET /chat HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: own/1\r\nX-A: b\r\n\r\n";
    private static final String SWITCHING_PROTOCOLS =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: own/1\r\nConnection: Upgrade\r\nX-Chosen: c\r\n\r\n";

    private final CountDownLatch upstreamClosed = new CountDownLatch(1);

    /** A function that accepts the upgrade and echoes what it receives. */
    private ScriptedFunction echoing() throws Exception {
        return ScriptedFunction.serving(connection -> {
            connection.readHead();
            connection.send(SWITCHING_PROTOCOLS);
            try {
                connection.forwardTo(connection, Integer.MAX_VALUE);
            } finally {
                upstreamClosed.countDown();
            }
        });
    }

    private void assertUpstreamConnectionCloses() throws InterruptedException {
        assertThat(upstreamClosed.await(15, TimeUnit.SECONDS)).isTrue();
    }

    /** Proves specification 3.36. */
    @Test
    void upgradeIsTunnelledInBothDirectionsAfterA101() throws Exception {
        CompletableFuture<String> forwardedHead = new CompletableFuture<>();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    forwardedHead.complete(connection.readHead());
                    connection.send(SWITCHING_PROTOCOLS);
                    connection.forwardTo(connection, Integer.MAX_VALUE);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            String head = client.send(UPGRADE_REQUEST).readHead();

            assertThat(forwardedHead.get(15, TimeUnit.SECONDS))
                    .contains("\r\nConnection: Upgrade\r\n", "\r\nUpgrade: own/1\r\n", "\r\nX-A: b\r\n");
            assertThat(head)
                    .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                    .containsOnlyOnce("Connection: Upgrade\r\n")
                    .contains("\r\nUpgrade: own/1\r\n", "\r\nX-Chosen: c\r\n")
                    .doesNotContainIgnoringCase("content-length")
                    .doesNotContainIgnoringCase("transfer-encoding");
            for (int i = 0; i < 20; i++) {
                assertThat(client.send("<%02d>".formatted(i)).read(4)).isEqualTo("<%02d>".formatted(i));
            }
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> client.sendTimes(new byte[100_000], 30));
            assertThat(client.read(3_000_000)).hasSize(3_000_000);
            sent.get(15, TimeUnit.SECONDS);
        }
    }

    /** Proves specification 3.36. */
    @Test
    void bytesThatArriveWithTheHeadsOfAnUpgradeAreForwarded() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(SWITCHING_PROTOCOLS + "first words");
                    connection.forwardTo(connection, Integer.MAX_VALUE);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(UPGRADE_REQUEST + "too early").readHead();

            assertThat(client.read(11)).isEqualTo("first words");
            assertThat(client.read(9)).isEqualTo("too early");
            assertThat(client.send("more").read(4)).isEqualTo("more");
        }
    }

    /** Proves specification 3.36. */
    @Test
    void bytesThatTheClientSendsBeforeThe101AreForwarded() throws Exception {
        CountDownLatch accept = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    accept.await();
                    connection.send(SWITCHING_PROTOCOLS);
                    connection.forwardTo(connection, Integer.MAX_VALUE);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(UPGRADE_REQUEST);
            client.send("one").send("two");
            accept.countDown();
            client.readHead();

            assertThat(client.send("three").read(11)).isEqualTo("onetwothree");
        }
    }

    /** Proves specification 3.36. */
    @Test
    void tunnelOutlivesExecReadAndWriteTimeout() throws Exception {
        try (ScriptedFunction function = echoing();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function, "exec_timeout", "500ms", "read_timeout", "500ms", "write_timeout", "500ms");
                RawClient client = watchdog.connect()) {
            client.send(UPGRADE_REQUEST).readHead();
            // Longer than the three timeouts together.
            assertThat(upstreamClosed.await(1700, TimeUnit.MILLISECONDS)).isFalse();

            assertThat(client.send("still here").read(10)).isEqualTo("still here");
        }
    }

    /** Proves specification 3.36, 7.2. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tunnelReleasesItsPermitWhenTheClientCloses(boolean reset) throws Exception {
        try (ScriptedFunction function = echoing();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1")) {
            try (RawClient client = watchdog.connect()) {
                client.send(UPGRADE_REQUEST).readHead();
                assertThat(watchdog.metric("http_requests_in_flight")).isOne();
                assertThat(watchdog.get("/").statusCode()).isEqualTo(429);
                if (reset) {
                    client.reset();
                }
            }
            assertUpstreamConnectionCloses();
            watchdog.awaitIdle();
            assertThat(watchdog.log().awaitLine(" 101 ")).contains("GET /chat - 101 Switching Protocols");
        }
    }

    /** Proves specification 3.36, 7.2. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void tunnelReleasesItsPermitWhenTheFunctionCloses(boolean reset) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(SWITCHING_PROTOCOLS + "bye");
                    connection.read(4);
                    if (reset) {
                        connection.reset();
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            client.send(UPGRADE_REQUEST).readHead();
            assertThat(client.read(3)).isEqualTo("bye");
            client.send("go!!");

            assertThat(client.closedByPeer()).isTrue();
            watchdog.awaitIdle();
        }
    }

    /** Proves specification 3.36. */
    @Test
    void tunnelEndsWhenTheClientClosesAlthoughTheFunctionStaysConnected() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(SWITCHING_PROTOCOLS);
                    connection.readToEnd();
                    // Sends nothing more and does not close the connection.
                    upstreamClosed.await();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1")) {
            try (RawClient client = watchdog.connect()) {
                client.send(UPGRADE_REQUEST).readHead();
            }
            watchdog.awaitIdle();
            upstreamClosed.countDown();
        }
    }

    /** Proves specification 3.36. */
    @Test
    void tunnelEndsWhenTheFunctionClosesAlthoughTheClientStaysConnected() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(SWITCHING_PROTOCOLS);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            client.send(UPGRADE_REQUEST).readHead();

            watchdog.awaitIdle();
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    /** Proves specification 3.36. */
    @Test
    void bytesOfATunnelThatWereSentBeforeAHalfCloseStillArrive() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(SWITCHING_PROTOCOLS);
                    String all = connection.readToEnd();
                    connection.send("got " + all);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(UPGRADE_REQUEST).readHead();
            client.send("my last words");
            client.socket().shutdownOutput();

            assertThat(client.readToEnd()).isEqualTo("got my last words");
        }
    }

    /** Proves specification 3.36. */
    @Test
    void upgradeThatTheFunctionRefusesIsServedLikeAnyOtherRequest() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(
                        "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(UPGRADE_REQUEST).readResponse())
                        .startsWith("HTTP/1.1 426 Upgrade Required\r\n")
                        .endsWith("no");
            }
        }
    }

    /** Proves specification 9.2. */
    @Test
    void upgradeToH2cIsServedAsAnHttp11RequestAndNotForwarded() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                    + "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n");

            assertThat(client.readResponse())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .doesNotContainIgnoringCase("upgrade")
                    .doesNotContainIgnoringCase("settings");
        }
    }

    /** Proves specification 3.36. */
    @Test
    void webSocketMessageReachesTheClientThroughTheTunnel() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    String key = connection
                            .readHead()
                            .lines()
                            .filter(line -> line.startsWith("Sec-WebSocket-Key: "))
                            .map(line -> line.substring(19))
                            .findFirst()
                            .orElseThrow();
                    connection.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n");
                    // A text frame of two bytes, and a close frame.
                    connection.send("\u0081\u0002hi\u0088\0");
                    connection.readToEnd();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            CompletableFuture<String> message = new CompletableFuture<>();
            HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + watchdog.port() + "/"), new WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                            message.complete(data.toString());
                            return WebSocket.Listener.super.onText(socket, data, last);
                        }
                    })
                    .get(15, TimeUnit.SECONDS);

            assertThat(message).succeedsWithin(PATIENCE).isEqualTo("hi");
        }
    }

    private static String accept(String key) throws Exception {
        byte[] text = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.ISO_8859_1);
        return Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    }
}
