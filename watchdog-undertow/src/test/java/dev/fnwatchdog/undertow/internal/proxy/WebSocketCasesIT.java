package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RealFunction;
import dev.fnwatchdog.undertow.fixture.WebSocketCase;
import dev.fnwatchdog.undertow.fixture.WebSocketCases;
import dev.fnwatchdog.undertow.fixture.WebSocketFrames;
import dev.fnwatchdog.undertow.fixture.WebSocketTextCases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A WebSocket client sees the same bytes through the packaged jar as without it, whatever it sends (contract 3). */
class WebSocketCasesIT {
    private static final int PATIENCE_SECONDS = 20;

    @SuppressWarnings("NullAway.Init") // before the first test
    private static PackagedWatchdog watchdog;

    private static int functionPort;

    @BeforeAll
    static void start() throws Exception {
        functionPort = FreePort.any();
        watchdog = PackagedWatchdog.inFrontOf(RealFunction.WEB_SOCKET_CASES.command(functionPort), functionPort)
                .startReady();
    }

    @AfterAll
    static void stop() {
        watchdog.close();
    }

    static Stream<WebSocketCase> cases() {
        return Stream.concat(WebSocketCases.all(), WebSocketTextCases.all());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theClientSeesTheSameBytesThroughTheTunnel(WebSocketCase one) throws Exception {
        String direct = conversation(functionPort, one);
        String tunnelled = conversation(watchdog.port(), one);

        assertThat(tunnelled).isEqualTo(direct);
        // The case does what its name says: the server understood it so.
        List<WebSocketFrames.Received> frames = WebSocketFrames.parse(direct.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(frames)
                .filteredOn(frame -> frame.opcode() == WebSocketFrames.TEXT || frame.opcode() == WebSocketFrames.BINARY)
                .hasSize(one.messages());
        assertThat(frames)
                .filteredOn(frame -> frame.opcode() == WebSocketFrames.CLOSE)
                .singleElement()
                .returns(one.status(), WebSocketFrames.Received::status);
    }

    /** Plays the client, and returns all that it gets behind the head of the response. */
    private static String conversation(int port, WebSocketCase one) throws Exception {
        try (RawClient client = RawClient.to(InetAddress.getLoopbackAddress(), port)) {
            client.send("GET /cases HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n"
                    + (one.offer().isEmpty() ? "" : "Sec-WebSocket-Extensions: " + one.offer() + "\r\n") + "\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 101 Switching Protocols\r\n");
            CompletableFuture<String> received = CompletableFuture.supplyAsync(() -> readToAnyEnd(client));
            send(client, one.writes());
            return received.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static String readToAnyEnd(RawClient client) {
        try {
            return client.readUntilClosedOrReset();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void send(RawClient client, List<byte[]> writes) {
        try {
            for (byte[] write : writes) {
                client.send(write);
            }
        } catch (IOException closed) {
            // The server has refused an earlier frame: what it sent before that is compared.
        }
    }
}
