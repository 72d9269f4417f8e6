package dev.fnwatchdog.undertow.internal.http2.client;

import static dev.fnwatchdog.undertow.fixture.Http2Frames.CONTINUATION;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.DATA;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.END_HEADERS;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.HEADERS;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.PING;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.fnwatchdog.undertow.fixture.Http2Upstream;
import java.io.IOException;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What an upstream can make a connection hold or do without serving a request. */
class ClientLimitsTest {
    /** What the upstream sends until the connection ends. */
    private interface Flood {
        void send(Http2Upstream.Connection server) throws IOException;
    }

    static Stream<Arguments> floods() {
        return Stream.of(
                arguments("PING", (Flood) server -> server.send(PING, 0, 0, new byte[8])),
                arguments("SETTINGS", (Flood) server -> server.send(SETTINGS, 0, 0)),
                arguments("unknown frames", (Flood) server -> server.send(99, 0, 0)),
                arguments("PRIORITY", (Flood) server -> server.send(2, 0, 1, new byte[5])),
                arguments("empty DATA", (Flood) server -> server.send(DATA, 0, 3)),
                arguments("interim responses", (Flood) server -> server.head(1, false, ":status: 103")),
                arguments("resets of an ended stream", (Flood) server -> server.reset(5, 0)),
                arguments("windows of an ended stream", (Flood) server -> server.widen(5, 1)),
                arguments("DATA on an ended stream", (Flood) server -> server.send(DATA, 0, 5)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("floods")
    void aFloodOfFramesEndsTheConnection(String name, Flood flood) throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            server.awaitRead();
            TestedStream stream = client.get("/");
            TestedStream second = client.get("/");
            TestedStream ended = client.get("/");
            for (int i = 0; i < 3; i++) {
                server.request();
            }
            server.head(3, false, ":status: 200");
            server.reset(5, 8);
            assertThat(ended.next()).startsWith("reset CANCEL: ");
            assertThat(second.next()).isEqualTo("head 200");
            while (client.connection().accepting()) {
                try {
                    flood.send(server);
                } catch (IOException closed) {
                    break;
                }
            }
            if (!client.isClosed()) {
                client.run(() -> client.connection().close());
            }

            assertThat(lastEvent(stream)).startsWith("reset ");
            assertThat(client.connection().accepting()).isFalse();
        }
    }

    private static String lastEvent(TestedStream stream) throws InterruptedException {
        String event = stream.next();
        while (event.startsWith("interim ")) {
            event = stream.next();
        }
        return event;
    }

    @Test
    void aFieldBlockWithoutAnEndEndsTheConnection() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            server.awaitRead();
            TestedStream stream = client.get("/");
            server.request();
            server.send(HEADERS, 0, 1, new byte[0]);
            for (int sent = 0; sent < 3 * TestedConnection.MAX_HEAD && !client.isClosed(); sent += 16_000) {
                server.send(CONTINUATION, 0, 1, new byte[16_000]);
            }

            assertThat(stream.next()).startsWith("reset ENHANCE_YOUR_CALM: ");
            assertThat(client.awaitClosed()).startsWith("ENHANCE_YOUR_CALM: ");
        }
    }

    @Test
    void emptyContinuationsWithoutAnEndEndTheConnection() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            server.awaitRead();
            TestedStream stream = client.get("/");
            server.request();
            server.send(HEADERS, 0, 1);
            server.flood(1100, CONTINUATION, 0, 1);

            assertThat(stream.next()).startsWith("reset ENHANCE_YOUR_CALM: ");
        }
    }

    /** Thousands of references to one long field of the table: a short block that is a long head. */
    @Test
    void aFieldBlockThatExpandsResetsItsStream() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            server.awaitRead();
            TestedStream stream = client.get("/");
            TestedStream other = client.get("/");
            server.request();
            server.request();
            server.send(HEADERS, END_HEADERS, 1, bomb());

            assertThat(stream.next()).startsWith("reset PROTOCOL_ERROR: ").contains("fields than accepted");
            server.head(3, true, ":status: 200");
            assertThat(other.next()).isEqualTo("head 200 ended");
        }
    }

    private static byte[] bomb() {
        byte[] block = new byte[16_000];
        Arrays.fill(block, (byte) 0xbe);
        // :status 200 of the static table, then "a" with 3,900 bytes, which becomes entry 62: 0xbe
        byte[] begin = {(byte) 0x88, 0x40, 1, 'a', 127, (byte) (3773 % 128 + 128), 3773 / 128};
        System.arraycopy(begin, 0, block, 0, begin.length);
        Arrays.fill(block, begin.length, begin.length + 3900, (byte) 'x');
        return block;
    }

    @Test
    void manyResetsByTheServerStopTheUseOfTheConnection() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            server.awaitRead();
            TestedStream last = client.get("/last");
            server.request();
            int reset = 0;
            while (client.availableStreams() > 0 && reset < 10_000) {
                TestedStream stream = client.get("/");
                server.reset(server.request(), 2);
                assertThat(stream.next()).startsWith("reset INTERNAL_ERROR: ");
                reset++;
            }
            assertThat(reset).isBetween(2000, 9_999);
            server.head(1, true, ":status: 200");

            assertThat(last.next()).isEqualTo("head 200 ended");
            assertThat(client.awaitClosed()).startsWith("NO_ERROR: ");
        }
    }
}
