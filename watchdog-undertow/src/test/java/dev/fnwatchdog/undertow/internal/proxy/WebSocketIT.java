package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.RealFunction;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** WebSocket through the packaged jar to a server on Node's {@code ws}. Proves specification 3.36. */
class WebSocketIT {
    private static final int MEGABYTE = 1_000_000;
    private static final int PATIENCE_SECONDS = 20;

    @SuppressWarnings("NullAway.Init") // before the first test
    private static PackagedWatchdog watchdog;

    @BeforeAll
    static void start() throws Exception {
        int port = FreePort.any();
        // Each of these would end a connection that lasts a second, if it applied to tunnels.
        watchdog = PackagedWatchdog.inFrontOf(RealFunction.WEB_SOCKET.command(port), port)
                .set("exec_timeout", "300ms", "read_timeout", "300ms", "write_timeout", "300ms")
                .startReady();
    }

    @AfterAll
    static void stop() {
        watchdog.close();
    }

    /** Proves specification 3.36. */
    @Test
    void webSocketStaysOpenForLongerThanEveryTimeout() throws Exception {
        Messages messages = new Messages();
        WebSocket socket = connect(messages);

        socket.sendText("at once", true).join();
        assertThat(messages.next()).isEqualTo("at once");
        // No byte is sent in the meantime.
        socket.sendText("after 1200 ms", true).join();
        assertThat(messages.next()).isEqualTo("after 1200 ms");
        socket.sendText("still there", true).join();
        assertThat(messages.next()).isEqualTo("still there");

        socket.sendClose(4001, "enough").join();
        assertThat(messages.next()).isEqualTo("closed with 4001");
        watchdog.awaitLine("closed with 4001");
        assertThat(watchdog.awaitLine("GET /chat?room=1")).contains(" - 101 Switching Protocols - ");
    }

    /** Proves specification 3.36. */
    @Test
    void webSocketMessagesOfAMegabyteReachTheFunctionWhole() throws Exception {
        Messages messages = new Messages();
        WebSocket socket = connect(messages);

        for (int i = 0; i < 5; i++) {
            socket.sendBinary(ByteBuffer.allocate(MEGABYTE), true).join();
            assertThat(messages.next()).isEqualTo(MEGABYTE + " bytes");
        }

        socket.abort();
    }

    private static WebSocket connect(Messages messages) {
        return HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create("ws://127.0.0.1:%d/chat?room=1".formatted(watchdog.port())), messages)
                .join();
    }

    /** Collects whole messages, each described as text. */
    private static final class Messages implements WebSocket.Listener {
        private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
        private final StringBuilder text = new StringBuilder();
        private int bytes;

        String next() throws InterruptedException {
            String message = received.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return message == null ? "nothing came" : message;
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                received.add(text.toString());
                text.setLength(0);
            }
            return WebSocket.Listener.super.onText(socket, data, last);
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
            bytes += data.remaining();
            if (last) {
                received.add(bytes + " bytes");
                bytes = 0;
            }
            return WebSocket.Listener.super.onBinary(socket, data, last);
        }

        @Override
        public CompletionStage<?> onClose(WebSocket socket, int statusCode, String reason) {
            received.add("closed with " + statusCode);
            return WebSocket.Listener.super.onClose(socket, statusCode, reason);
        }

        @Override
        public void onError(WebSocket socket, Throwable error) {
            received.add(error.toString());
        }
    }
}
