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

/** Contract 3: WebSocket and any other Upgrade is tunnelled both ways, for as long as both sides want. */
class TunnelTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String ASK =
            "GET /chat HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: own/1\r\nX-A: b\r\n\r\n";
    private static final String AGREE =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: own/1\r\nConnection: Upgrade\r\nX-Chosen: c\r\n\r\n";

    private final CountDownLatch functionsEnd = new CountDownLatch(1);

    /** Agrees, and sends back what it gets. */
    private ScriptedFunction echoing() throws Exception {
        return ScriptedFunction.serving(connection -> {
            connection.readHead();
            connection.send(AGREE);
            try {
                connection.forwardTo(connection, Integer.MAX_VALUE);
            } finally {
                functionsEnd.countDown();
            }
        });
    }

    private void assertFunctionIsLetGo() throws InterruptedException {
        assertThat(functionsEnd.await(5, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void passesHeadsAndBytesOnBothWays() throws Exception {
        CompletableFuture<String> asked = new CompletableFuture<>();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    asked.complete(connection.readHead());
                    connection.send(AGREE);
                    connection.forwardTo(connection, Integer.MAX_VALUE);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            String head = client.send(ASK).readHead();

            assertThat(asked.get(5, TimeUnit.SECONDS))
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
            sent.get(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void passesBytesOnThatComeWithTheHeads() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(AGREE + "first words");
                    connection.forwardTo(connection, Integer.MAX_VALUE);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(ASK + "too early").readHead();

            assertThat(client.read(11)).isEqualTo("first words");
            assertThat(client.read(9)).isEqualTo("too early");
            assertThat(client.send("more").read(4)).isEqualTo("more");
        }
    }

    @Test
    void passesBytesOnThatTheClientSendsBeforeTheAnswer() throws Exception {
        CountDownLatch agree = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    agree.await();
                    connection.send(AGREE);
                    connection.forwardTo(connection, Integer.MAX_VALUE);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(ASK);
            client.send("one").send("two");
            agree.countDown();
            client.readHead();

            assertThat(client.send("three").read(11)).isEqualTo("onetwothree");
        }
    }

    @Test
    void outlivesAllTimeouts() throws Exception {
        try (ScriptedFunction function = echoing();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function, "exec_timeout", "50ms", "read_timeout", "50ms", "write_timeout", "50ms");
                RawClient client = watchdog.connect()) {
            client.send(ASK).readHead();
            // As long as all three together, and again.
            assertThat(functionsEnd.await(300, TimeUnit.MILLISECONDS)).isFalse();

            assertThat(client.send("still here").read(10)).isEqualTo("still here");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givesItsPlaceBackWhenTheClientCloses(boolean reset) throws Exception {
        try (ScriptedFunction function = echoing();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1")) {
            try (RawClient client = watchdog.connect()) {
                client.send(ASK).readHead();
                assertThat(watchdog.metric("http_requests_in_flight")).isOne();
                assertThat(watchdog.get("/").statusCode()).isEqualTo(429);
                if (reset) {
                    client.reset();
                }
            }
            assertFunctionIsLetGo();
            watchdog.awaitIdle();
            assertThat(watchdog.log().awaitLine(" 101 ")).contains("GET /chat - 101 Switching Protocols");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givesItsPlaceBackWhenTheFunctionCloses(boolean reset) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(AGREE + "bye");
                    connection.read(4);
                    if (reset) {
                        connection.reset();
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            client.send(ASK).readHead();
            assertThat(client.read(3)).isEqualTo("bye");
            client.send("go!!");

            assertThat(client.closedByPeer()).isTrue();
            watchdog.awaitIdle();
        }
    }

    @Test
    void endsATunnelWhoseFunctionGoesOnThoughTheClientHasLeft() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(AGREE);
                    connection.readToEnd();
                    // Says nothing more, and does not close either.
                    functionsEnd.await();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1")) {
            try (RawClient client = watchdog.connect()) {
                client.send(ASK).readHead();
            }
            watchdog.awaitIdle();
            functionsEnd.countDown();
        }
    }

    @Test
    void endsATunnelWhoseClientGoesOnThoughTheFunctionHasLeft() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(AGREE);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            client.send(ASK).readHead();

            watchdog.awaitIdle();
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @Test
    void passesTheLastWordsOnOfASideThatIsDone() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(AGREE);
                    String all = connection.readToEnd();
                    connection.send("got " + all);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(ASK).readHead();
            client.send("my last words");
            client.socket().shutdownOutput();

            assertThat(client.readToEnd()).isEqualTo("got my last words");
        }
    }

    @Test
    void answersARefusedUpgradeAsAnyOtherCall() throws Exception {
        try (ScriptedFunction function =
                        ScriptedFunction.respondingWith("HTTP/1.1 426 Upgrade Required\r\nContent-Length: 2\r\n\r\nno");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(ASK).readResponse())
                        .startsWith("HTTP/1.1 426 Upgrade Required\r\n")
                        .endsWith("no");
            }
        }
    }

    @Test
    void ignoresTheUpgradeToHttp2() throws Exception {
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

    @Test
    void carriesAWebSocket() throws Exception {
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
            CompletableFuture<String> said = new CompletableFuture<>();
            HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + watchdog.port() + "/"), new WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
                            said.complete(data.toString());
                            return WebSocket.Listener.super.onText(socket, data, last);
                        }
                    })
                    .get(5, TimeUnit.SECONDS);

            assertThat(said).succeedsWithin(PATIENCE).isEqualTo("hi");
        }
    }

    private static String accept(String key) throws Exception {
        byte[] text = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(StandardCharsets.ISO_8859_1);
        return Base64.getEncoder()
                .encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    }
}
