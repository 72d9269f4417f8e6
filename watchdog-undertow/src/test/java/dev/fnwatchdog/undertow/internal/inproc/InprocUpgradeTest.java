package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import io.undertow.Handlers;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Tests Undertow handlers that upgrade the connection. Proves specification 5.6, 5.17, 9.2. */
class InprocUpgradeTest {
    /** Proves specification 5.6. */
    @Test
    void aWebSocketOfAnUndertowHandlerOutlivesAllTimeouts() throws Exception {
        CompletableFuture<String> echoed = new CompletableFuture<>();
        CompletableFuture<Void> closed = new CompletableFuture<>();
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(
                Handlers.websocket((exchange, channel) -> {
                    channel.getReceiveSetter().set(new AbstractReceiveListener() {
                        @Override
                        protected void onFullTextMessage(WebSocketChannel from, BufferedTextMessage message) {
                            WebSockets.sendText("echo " + message.getData(), from, null);
                        }
                    });
                    channel.resumeReceives();
                }),
                "exec_timeout",
                "200ms",
                "read_timeout",
                "200ms",
                "write_timeout",
                "200ms")) {
            WebSocket socket = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(URI.create("ws://127.0.0.1:" + watchdog.port() + "/"), new WebSocket.Listener() {
                        @Override
                        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
                            echoed.complete(data.toString());
                            return closed;
                        }
                    })
                    .get(10, TimeUnit.SECONDS);
            assertThat(watchdog.metric("http_requests_in_flight")).isEqualTo(1);
            long end = System.nanoTime() + Duration.ofMillis(500).toNanos();
            Polling.until(Duration.ofSeconds(15), () -> System.nanoTime() - end > 0);
            socket.sendText("hello", true).get(10, TimeUnit.SECONDS);

            assertThat(echoed.get(10, TimeUnit.SECONDS)).isEqualTo("echo hello");
            closed.complete(null);
            socket.abort();
            watchdog.log().awaitLine("GET / - 101 - ");
        }
    }

    /** Proves specification 5.17, 9.2. */
    @Test
    void anUpgradeToH2cIsNotPassedToAnUndertowHandler() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(exchange -> exchange.getResponseSender()
                        .send("" + exchange.getRequestHeaders().contains("Upgrade")));
                RawClient client = watchdog.connect()) {
            client.send(
                    "GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200").endsWith("false");
        }
    }
}
