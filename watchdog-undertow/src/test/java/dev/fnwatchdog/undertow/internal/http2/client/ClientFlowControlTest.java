package dev.fnwatchdog.undertow.internal.http2.client;

import static dev.fnwatchdog.undertow.fixture.Http2Frames.DATA;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.PING;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.RST_STREAM;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.WINDOW_UPDATE;
import static dev.fnwatchdog.undertow.fixture.Http2Upstream.INITIAL_WINDOW_SIZE;
import static dev.fnwatchdog.undertow.fixture.Http2Upstream.MAX_CONCURRENT_STREAMS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.undertow.fixture.Http2Frames.Frame;
import dev.fnwatchdog.undertow.fixture.Http2Upstream;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Windows in both directions, and how many streams may be opened (RFC 9113 5.1.2, 5.2, 6.9). */
class ClientFlowControlTest {
    @Test
    void aRequestBodyWaitsForTheWindowOfItsStream() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept(INITIAL_WINDOW_SIZE, 10)) {
            server.awaitRead();
            TestedStream stream = client.post("/");
            server.request();
            stream.send(25);
            assertThat(server.next().payload()).hasSize(10);
            server.awaitRead();
            assertThat(stream.hasEvent()).isFalse();
            server.widen(1, 10);
            assertThat(server.next().payload()).hasSize(10);
            server.widen(1, 10);
            assertThat(server.next().payload()).hasSize(5);

            assertThat(server.next().endsStream()).isTrue();
            assertThat(stream.next()).isEqualTo("sent");
            server.head(1, true, ":status: 200");
        }
    }

    @Test
    void aChangedInitialWindowAppliesToOpenStreams() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept(INITIAL_WINDOW_SIZE, 0)) {
            server.awaitRead();
            TestedStream stream = client.post("/");
            server.request();
            stream.send(20);
            server.settings(INITIAL_WINDOW_SIZE, 20);

            assertThat(server.next().payload()).hasSize(20);
            assertThat(server.next().endsStream()).isTrue();
            server.head(1, true, ":status: 200");
        }
    }

    @Test
    void aRequestBodyWaitsForTheWindowOfTheConnection() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept(INITIAL_WINDOW_SIZE, 1_000_000)) {
            server.awaitRead();
            TestedStream stream = client.post("/");
            server.request();
            stream.send(100_000);
            int received = 0;
            while (received < TestedConnection.WINDOW) {
                received += server.next().payload().length();
            }
            server.awaitRead();
            assertThat(stream.hasEvent()).isFalse();
            server.widen(0, 100_000);
            while (received < 100_000) {
                received += server.next().payload().length();
            }

            assertThat(received).isEqualTo(100_000);
            assertThat(stream.next()).isEqualTo("sent");
            server.head(1, true, ":status: 200");
        }
    }

    @Test
    void aBlockedRequestDoesNotStopOthers() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept(INITIAL_WINDOW_SIZE, 10)) {
            server.awaitRead();
            TestedStream blocked = client.post("/blocked");
            server.request();
            blocked.send(1000);
            assertThat(server.next().payload()).hasSize(10);
            TestedStream other = client.post("/");
            server.request();
            other.send(10);

            assertThat(server.body(3)).hasSize(10);
            server.head(3, true, ":status: 200");
            assertThat(other.next()).isEqualTo("sent");
            assertThat(other.next()).isEqualTo("head 200 ended");
            assertThat(blocked.hasEvent()).isFalse();
        }
    }

    @Test
    void aWindowIsWidenedAsTheBodyIsReadAndNotBefore() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port(), TestedConnection.options(1000));
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            server.head(1, false, ":status: 200");
            server.data(1, false, "x".repeat(1000));
            server.send(PING, 0, 0, new byte[8]);
            // The connection's window is wide; nothing comes but the acknowledgement.
            Frame frame = server.read();
            while (frame.type() != PING) {
                assertThat(frame.stream()).isZero();
                frame = server.read();
            }
            assertThat(stream.readSome(499)).hasSize(499);
            server.awaitRead();
            assertThat(stream.readSome(1)).hasSize(1);

            Frame update = server.next(WINDOW_UPDATE);
            assertThat(update.stream()).isEqualTo(1);
            assertThat(update.payload()).isEqualTo("\0\0\1\u00f4");
            assertThat(client.buffersInUse()).isPositive();
        }
    }

    @Test
    void moreThanTheWindowOfAStreamResetsIt() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port(), TestedConnection.options(1000));
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            server.head(1, false, ":status: 200");
            server.data(1, false, "x".repeat(1001));

            assertThat(stream.next()).isEqualTo("head 200");
            assertThat(stream.next()).startsWith("reset FLOW_CONTROL_ERROR: ");
            assertThat(server.next(RST_STREAM).errorCode()).isEqualTo(3);
            assertThat(client.connection().accepting()).isTrue();
        }
    }

    @Test
    void aResponseThatIsNotReadDoesNotStopOthers() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port(), TestedConnection.options(1_000_000));
                Http2Upstream.Connection server = upstream.accept(MAX_CONCURRENT_STREAMS, 10)) {
            server.awaitRead();
            for (int i = 1; i <= 3; i++) {
                client.get("/unread");
                int stream = server.request();
                server.head(stream, false, ":status: 200");
                for (int sent = 0; sent < 900_000; sent += 10_000) {
                    server.data(stream, false, "x".repeat(10_000));
                }
            }
            TestedStream other = client.get("/");
            int stream = server.request();
            server.head(stream, false, ":status: 200");
            server.data(stream, true, "read");

            assertThat(other.next()).isEqualTo("head 200");
            assertThat(other.read().next()).isEqualTo("end read");
        }
    }

    @Test
    void oneStreamIsAvailableUntilTheServersLimitIsKnown() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.acceptSilently()) {
            assertThat(client.availableStreams()).isEqualTo(1);
            client.get("/");
            assertThat(client.availableStreams()).isZero();
            assertThatThrownBy(() -> client.openNow("GET", "/", true)).hasCauseInstanceOf(IllegalStateException.class);
            server.settings(MAX_CONCURRENT_STREAMS, 5);
            client.awaitAvailable();

            assertThat(client.availableStreams()).isEqualTo(4);
            assertThat(server.request()).isEqualTo(1);
        }
    }

    @Test
    void aStreamIsAvailableAgainWhenOneHasEnded() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept(MAX_CONCURRENT_STREAMS, 1)) {
            server.awaitRead();
            TestedStream stream = client.get("/");
            server.request();
            assertThat(client.availableStreams()).isZero();
            server.head(1, true, ":status: 200");
            assertThat(stream.next()).isEqualTo("head 200 ended");
            client.awaitAvailable();

            assertThat(client.availableStreams()).isEqualTo(1);
        }
    }

    @Test
    void anUnreadResponseCountsTowardsTheLimitOfThisSide() throws Exception {
        ClientOptions one = new ClientOptions(1, TestedConnection.WINDOW, TestedConnection.MAX_HEAD, 60_000, 60_000);
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port(), one);
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            server.head(1, false, ":status: 200");
            server.data(1, true, "unread");
            assertThat(stream.next()).isEqualTo("head 200");
            server.awaitRead();
            assertThat(client.availableStreams()).isZero();

            assertThat(stream.read().next()).isEqualTo("end unread");
            assertThat(client.availableStreams()).isEqualTo(1);
        }
    }

    @Test
    void noStreamIsAvailableWhileTheServerReadsNothing() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            server.awaitRead();
            int opened = 0;
            while (client.availableStreams() > 0) {
                client.get("/", "x-long", "v".repeat(30_000));
                opened++;
            }
            assertThat(opened).isLessThan(900);
            for (int i = 0; i < opened; i++) {
                server.head(server.request(), true, ":status: 204");
            }
            client.awaitAvailable();

            assertThat(client.availableStreams()).isPositive();
        }
    }

    @Test
    void streamsEndWithTheirNumbersAndTheConnectionAfterTheLastOne() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.withFirstStream(upstream.port(), Integer.MAX_VALUE - 2);
                Http2Upstream.Connection server = upstream.accept()) {
            server.awaitRead();
            assertThat(client.availableStreams()).isEqualTo(2);
            client.get("/");
            TestedStream last = client.get("/");
            assertThat(client.availableStreams()).isZero();
            assertThat(client.connection().accepting()).isFalse();
            server.head(server.request(), true, ":status: 200");
            assertThat(server.request()).isEqualTo(Integer.MAX_VALUE);
            server.head(Integer.MAX_VALUE, true, ":status: 200");

            assertThat(last.next()).isEqualTo("head 200 ended");
            assertThat(client.awaitClosed()).startsWith("NO_ERROR: ");
        }
    }

    @Test
    void paddingCountsTowardsTheWindowsAndIsReturned() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port(), TestedConnection.options(1000));
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            server.head(1, false, ":status: 200");
            for (int i = 0; i < 20; i++) {
                sendPadded(server);
            }
            server.data(1, true, "");

            assertThat(stream.next()).isEqualTo("head 200");
            assertThat(stream.read().next()).isEqualTo("end " + "x".repeat(20));
        }
    }

    private static void sendPadded(Http2Upstream.Connection server) throws IOException {
        byte[] padded = new byte[202];
        padded[0] = (byte) 200;
        padded[1] = 'x';
        server.send(DATA, 8, 1, padded);
        server.awaitRead();
    }
}
