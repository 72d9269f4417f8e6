package dev.fnwatchdog.undertow.internal.http2.client;

import static dev.fnwatchdog.undertow.fixture.Http2Frames.GOAWAY;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.PING;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.RST_STREAM;
import static dev.fnwatchdog.undertow.fixture.Http2Upstream.INITIAL_WINDOW_SIZE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.undertow.fixture.Http2Frames.Frame;
import dev.fnwatchdog.undertow.fixture.Http2Upstream;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How streams end early: by either side, by GOAWAY, and with their connection. */
class ClientResetTest {
    private static final int CANCEL = 8;

    @Test
    void aResetOfOneStreamLeavesTheOthersAlone() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            server.awaitRead();
            TestedStream[] streams = new TestedStream[10];
            for (int i = 0; i < streams.length; i++) {
                streams[i] = client.get("/");
                server.head(server.request(), false, ":status: 200");
                assertThat(streams[i].next()).isEqualTo("head 200");
            }
            streams[4].reset(ErrorCode.CANCEL);
            Frame reset = server.next();
            assertThat(reset.type()).isEqualTo(RST_STREAM);
            assertThat(reset.stream()).isEqualTo(9);
            assertThat(reset.errorCode()).isEqualTo(CANCEL);
            // In transit when the reset was sent.
            server.data(9, false, "late");
            server.head(9, true, "late: trailer");

            for (int i = 0; i < streams.length; i++) {
                if (i != 4) {
                    server.data(2 * i + 1, true, "body");
                    assertThat(streams[i].read().next()).isEqualTo("end body");
                }
            }
            assertThat(streams[4].hasEvent()).isFalse();
        }
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "8, reset CANCEL: ",
        "2, reset INTERNAL_ERROR: ",
        "7, reset REFUSED_STREAM not processed: ",
        "13, reset HTTP_1_1_REQUIRED: ",
        "9999, reset INTERNAL_ERROR: "
    })
    void aResetByTheServerIsReportedWithItsCode(int code, String event) throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            server.reset(1, code);
            assertThat(stream.next()).startsWith(event);

            assertThat(client.connection().accepting()).isTrue();
            assertThat(client.on(() -> client.connection().unfinishedStreams())).isZero();
        }
    }

    @Test
    void aResetDropsTheUnreadRestOfAnIncompleteBody() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            server.head(1, false, ":status: 200");
            server.data(1, false, "part");
            server.reset(1, CANCEL);

            assertThat(stream.next()).isEqualTo("head 200");
            assertThat(stream.next()).startsWith("reset CANCEL: ");
            assertThat(stream.read().next()).isEqualTo("read failed");
            assertThat(client.buffersInUse()).isZero();
        }
    }

    @Test
    void aResetByThisSideAfterTheResponseWasReceivedDropsIt() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            server.head(1, false, ":status: 200");
            server.data(1, true, "complete");
            server.awaitRead();
            assertThat(client.buffersInUse()).isEqualTo(1);
            stream.reset(ErrorCode.CANCEL);

            assertThat(client.buffersInUse()).isZero();
            assertThat(client.on(() -> client.connection().unfinishedStreams())).isZero();
        }
    }

    @Test
    void aReaderThatStopsResetsItsStream() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            server.head(1, false, ":status: 200");
            server.data(1, false, "unwanted");
            server.awaitRead();
            stream.stopReading();

            assertThat(server.next(RST_STREAM).errorCode()).isEqualTo(CANCEL);
            assertThat(client.buffersInUse()).isZero();
            assertThat(client.on(() -> client.connection().unfinishedStreams())).isZero();
        }
    }

    @Test
    void aTruncatedRequestResetsItsStream() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.post("/");
            server.request();
            stream.write("part");
            stream.truncate();

            assertThat(server.next(RST_STREAM).errorCode()).isEqualTo(CANCEL);
            assertThat(stream.next()).startsWith("reset CANCEL: ");
        }
    }

    /** RFC 9113 6.8. */
    @Test
    void goawayReturnsStreamsBeyondTheLastOneAndServesTheOthers() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            server.awaitRead();
            TestedStream first = client.get("/");
            TestedStream second = client.get("/");
            TestedStream third = client.post("/");
            third.send(10);
            for (int i = 0; i < 3; i++) {
                server.request();
            }
            server.goAway(Integer.MAX_VALUE, 0);
            server.awaitRead();
            assertThat(client.connection().accepting()).isFalse();
            assertThat(third.next()).isEqualTo("sent");
            server.goAway(3, 0);
            assertThat(third.next())
                    .startsWith("reset REFUSED_STREAM not processed: ")
                    .contains("GOAWAY");
            server.head(1, true, ":status: 200");
            assertThat(first.next()).isEqualTo("head 200 ended");
            assertThat(client.isClosed()).isFalse();
            server.head(3, false, ":status: 200");
            server.data(3, true, "served");

            assertThat(second.next()).isEqualTo("head 200");
            assertThat(second.read().next()).isEqualTo("end served");
            assertThat(client.awaitClosed()).startsWith("NO_ERROR: ");
            assertThat(server.next(GOAWAY).errorCode()).isZero();
        }
    }

    @Test
    void goawayWithAnErrorReturnsItsCode() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            server.goAway(0, 11);

            assertThat(stream.next()).startsWith("reset ENHANCE_YOUR_CALM not processed: ");
            assertThat(client.awaitClosed()).startsWith("NO_ERROR: ");
        }
    }

    @Test
    void goawayOnAnIdleConnectionClosesIt() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            server.goAway(0, 0);

            assertThat(client.awaitClosed()).startsWith("NO_ERROR: ");
            assertThat(client.availableStreams()).isZero();
        }
    }

    @Test
    void aLostConnectionEndsAllOfItsStreams() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port())) {
            TestedStream waiting;
            TestedStream sending;
            TestedStream receiving;
            try (Http2Upstream.Connection server = upstream.accept(INITIAL_WINDOW_SIZE, 10)) {
                server.awaitRead();
                waiting = client.get("/");
                sending = client.post("/");
                sending.send(100);
                receiving = client.get("/");
                for (int i = 0; i < 3; i++) {
                    server.request();
                }
                server.head(5, false, ":status: 200");
                server.data(5, false, "part");
                assertThat(receiving.next()).isEqualTo("head 200");
            }

            assertThat(waiting.next()).startsWith("reset INTERNAL_ERROR: ");
            assertThat(sending.next()).startsWith("reset INTERNAL_ERROR: ");
            assertThat(sending.next()).isEqualTo("write failed");
            assertThat(receiving.next()).startsWith("reset INTERNAL_ERROR: ");
            assertThat(client.awaitClosed()).startsWith("INTERNAL_ERROR: ");
            assertThat(client.connection().accepting()).isFalse();
        }
    }

    @Test
    void aRequestWhoseHeadHasNotLeftIsNotProcessed() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            server.awaitRead();
            TestedStream first = client.get("/");
            server.request();
            TestedStream last = first;
            while (client.availableStreams() > 0) {
                last = client.get("/", "x-long", "v".repeat(30_000));
            }
            server.close();

            assertThat(first.next()).startsWith("reset INTERNAL_ERROR: ");
            assertThat(last.next()).startsWith("reset INTERNAL_ERROR not processed: ");
        }
    }

    @Test
    void aCloseEndsAllStreamsAndSaysGoaway() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            server.awaitRead();
            client.run(() -> client.connection().close());

            assertThat(stream.next()).startsWith("reset NO_ERROR: ");
            assertThat(server.next(GOAWAY).errorCode()).isZero();
            assertThat(server.raw().readToEnd()).isEmpty();
            assertThat(client.awaitClosed()).startsWith("NO_ERROR: ");
        }
    }

    @Test
    void aDrainedConnectionClosesAfterItsLastStream() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            client.run(() -> client.connection().stopAcceptingStreams());
            assertThat(client.availableStreams()).isZero();
            server.head(1, false, ":status: 200");
            server.data(1, true, "served");
            assertThat(stream.next()).isEqualTo("head 200");
            assertThat(stream.read().next()).isEqualTo("end served");

            assertThat(client.awaitClosed()).startsWith("NO_ERROR: ");
        }
    }

    @Test
    void aServerThatDoesNotRespondToAPingLosesItsConnection() throws Exception {
        ClientOptions impatient = new ClientOptions(10, TestedConnection.WINDOW, TestedConnection.MAX_HEAD, 100, 300);
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port(), impatient);
                Http2Upstream.Connection server = upstream.accept()) {
            server.awaitRead();
            TestedStream stream = client.get("/");
            Frame ping = server.next(PING);
            server.send(PING, 1, 0, new byte[8]);
            assertThat(ping.acknowledges()).isFalse();
            server.next(PING);

            assertThat(stream.next()).startsWith("reset INTERNAL_ERROR: ").contains("PING");
            assertThat(client.awaitClosed()).contains("PING");
        }
    }

    @Test
    void aServerThatDoesNotRespondToAPingLosesItsConnectionAlsoWhereAllRequestsWereGivenUp() throws Exception {
        ClientOptions impatient = new ClientOptions(10, TestedConnection.WINDOW, TestedConnection.MAX_HEAD, 100, 300);
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port(), impatient);
                Http2Upstream.Connection server = upstream.accept()) {
            server.awaitRead();
            client.get("/").reset(ErrorCode.CANCEL);

            server.next(PING);
            assertThat(client.awaitClosed()).contains("PING");
        }
    }

    @Test
    void aServerThatRespondsToAPingKeepsItsConnectionWhereAllRequestsWereGivenUp() throws Exception {
        ClientOptions impatient =
                new ClientOptions(10, TestedConnection.WINDOW, TestedConnection.MAX_HEAD, 100, 20_000);
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port(), impatient);
                Http2Upstream.Connection server = upstream.accept()) {
            server.awaitRead();
            client.get("/").reset(ErrorCode.CANCEL);
            server.next(PING);
            server.send(PING, 1, 0, new byte[8]);
            TestedStream stream = client.get("/");
            server.request();
            server.head(3, true, ":status: 200");

            assertThat(stream.next()).isEqualTo("head 200 ended");
            server.raw().socket().setSoTimeout(400);
            assertThatThrownBy(() -> server.next(PING)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void anIdleConnectionIsNotAsked() throws Exception {
        ClientOptions impatient = new ClientOptions(10, TestedConnection.WINDOW, TestedConnection.MAX_HEAD, 50, 50);
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port(), impatient);
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            server.head(1, true, ":status: 200");
            assertThat(stream.next()).isEqualTo("head 200 ended");
            server.raw().socket().setSoTimeout(400);

            assertThat(client.isClosed()).isFalse();
            assertThatThrownBy(() -> server.next(PING)).isInstanceOf(SocketTimeoutException.class);
        }
    }
}
