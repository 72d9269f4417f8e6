package dev.fnwatchdog.undertow.internal.http2.client;

import static dev.fnwatchdog.undertow.fixture.Http2Frames.DATA;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.HEADERS;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.RST_STREAM;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.SETTINGS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Frames.Frame;
import dev.fnwatchdog.undertow.fixture.Http2Upstream;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.RequestPseudoFields;
import io.undertow.util.HeaderMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One request and its response, against an upstream that is scripted frame by frame. */
class ClientStreamTest {
    private static final int NO_ERROR = 0;

    @Test
    void theConnectionBeginsWithPrefaceAndSettingsThatForbidPush() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            Frame settings = server.read();

            assertThat(settings.type()).isEqualTo(SETTINGS);
            assertThat(settings.payload()).startsWith("\0\2\0\0\0\0");
            assertThat(client.connection().accepting()).isTrue();
        }
    }

    @Test
    void aRequestHasItsPseudoFieldsAndNoneThatHttp2Forbids() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            client.get(
                    "/p?q=1", "Accept", "a", "Host", "other", "Connection", "x", "Keep-Alive", "5", "TE", "trailers");
            Frame request = server.next();

            assertThat(request.type()).isEqualTo(HEADERS);
            assertThat(request.endsStream()).isTrue();
            assertThat(request.fields())
                    .containsExactlyInAnyOrder(
                            ":method: GET",
                            ":scheme: http",
                            ":authority: h",
                            ":path: /p?q=1",
                            "accept: a",
                            "te: trailers");
            server.head(1, true, ":status: 204");
        }
    }

    @Test
    void aBodyAndTrailersOfARequestFollowItsHead() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.post("/");
            assertThat(server.next().endsStream()).isFalse();
            stream.write("body");
            assertThat(server.next()).isEqualTo(new Frame(DATA, 0, 1, "body"));

            stream.setTrailers("X-Sum", "1");
            stream.end();
            Frame trailers = server.next();

            assertThat(trailers.fields()).containsExactly("x-sum: 1");
            assertThat(trailers.endsStream()).isTrue();
            server.head(1, true, ":status: 200");
            assertThat(stream.next()).isEqualTo("head 200 ended");
        }
    }

    @Test
    void aHeadLongerThanAFrameArrivesWithAllValuesOfEachField() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            String[] fields = new String[80];
            for (int i = 0; i < fields.length; i += 2) {
                fields[i] = "x-many";
                fields[i + 1] = i + "v".repeat(1000);
            }
            client.get("/" + "p".repeat(20_000), fields);
            Frame request = server.next();

            assertThat(request.fields()).contains(":path: /" + "p".repeat(20_000));
            assertThat(request.fields())
                    .filteredOn(line -> line.startsWith("x-many"))
                    .hasSize(40);
            server.head(1, true, ":status: 204");
        }
    }

    @Test
    void eachPieceOfABodyIsReadableAsSoonAsItArrives() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            server.head(1, false, ":status: 200", "content-type: text/event-stream");
            assertThat(stream.next()).isEqualTo("head 200 content-type: text/event-stream");
            server.data(1, false, "one");
            server.awaitRead();
            assertThat(stream.readSome(100)).isEqualTo("one");
            assertThat(stream.readSome(100)).isEmpty();
            server.data(1, false, "two");
            server.awaitRead();
            assertThat(stream.readSome(100)).isEqualTo("two");
            server.data(1, true, "");
            server.awaitRead();

            assertThat(stream.readSome(100)).isEqualTo("EOF");
            assertThat(stream.hasEvent()).isFalse();
        }
    }

    @Test
    void interimResponsesDoNotEndTheWaitForTheHead() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            server.head(1, false, ":status: 100");
            server.head(1, false, ":status: 103", "link: </s.css>");
            server.head(1, false, ":status: 200");
            server.data(1, true, "body");

            assertThat(stream.next()).isEqualTo("interim 100");
            assertThat(stream.next()).isEqualTo("interim 103 link: </s.css>");
            assertThat(stream.next()).isEqualTo("head 200");
            assertThat(stream.read().next()).isEqualTo("end body");
        }
    }

    @Test
    void trailersStayApartFromTheHead() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            server.head(1, false, ":status: 200", "a: head");
            server.data(1, false, "body");
            server.head(1, true, "a: trailer");

            assertThat(stream.next()).isEqualTo("head 200 a: head");
            assertThat(stream.next()).isEqualTo("trailers a: trailer");
            assertThat(stream.read().next()).isEqualTo("end body");
        }
    }

    @Test
    void aResponseOfTrailersOnlyIsAHeadThatEndsTheStream() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.post("/");
            server.request();
            server.head(1, true, ":status: 200", "grpc-status: 5");
            assertThat(stream.next()).isEqualTo("head 200 grpc-status: 5 ended");
            stream.end();

            assertThat(server.next().endsStream()).isTrue();
            assertThat(client.on(() -> client.connection().unfinishedStreams())).isZero();
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({"HEAD, 200", "GET, 204", "GET, 304"})
    void aResponseWithoutABodyMayAnnounceALength(String method, int status) throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream ended = client.open(method, "/", true);
            server.request();
            server.head(1, true, ":status: " + status, "content-length: 10");
            assertThat(ended.next()).isEqualTo("head " + status + " content-length: 10 ended");

            TestedStream open = client.open(method, "/", true);
            server.request();
            server.head(3, false, ":status: " + status, "content-length: 10");
            assertThat(open.next()).isEqualTo("head " + status + " content-length: 10");
            server.data(3, true, "");
            assertThat(open.read().next()).isEqualTo("end ");

            TestedStream withBody = client.open(method, "/", true);
            server.request();
            server.head(5, false, ":status: " + status);
            assertThat(withBody.next()).isEqualTo("head " + status);
            server.data(5, false, "x");
            assertThat(withBody.next()).startsWith("reset PROTOCOL_ERROR: ").contains("longer than announced");
            assertThat(server.next(RST_STREAM).stream()).isEqualTo(5);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"shor", "longer"})
    void aBodyOfAnotherLengthThanAnnouncedResetsTheStream(String body) throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            server.head(1, false, ":status: 200", "content-length: 5");
            server.data(1, true, body);

            assertThat(stream.next()).isEqualTo("head 200 content-length: 5");
            assertThat(stream.next()).startsWith("reset PROTOCOL_ERROR: ");
            assertThat(server.next(RST_STREAM).errorCode()).isEqualTo(1);
        }
    }

    @Test
    void anEmptyBodyIsMalformedWhereALengthWasAnnounced() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            server.head(1, true, ":status: 200", "content-length: 5");

            assertThat(stream.next()).startsWith("reset PROTOCOL_ERROR: ");
        }
    }

    /** RFC 9113 8.1: the response is valid, and the client stops sending the request. */
    @Test
    void aResponseBeforeTheEndOfTheRequestStaysValidAfterAReset() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.post("/");
            stream.send(10_000_000);
            server.request();
            server.head(1, false, ":status: 413");
            server.data(1, true, "too large");
            server.reset(1, NO_ERROR);
            server.awaitRead();

            assertThat(stream.next()).isEqualTo("head 413");
            assertThat(stream.next()).isEqualTo("write failed");
            assertThat(stream.read().next()).isEqualTo("end too large");
            assertThat(stream.hasEvent()).isFalse();
        }
    }

    @Test
    void aCompleteResponseStaysReadableAfterTheConnectionIsLost() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port())) {
            TestedStream stream = client.get("/");
            try (Http2Upstream.Connection server = upstream.accept()) {
                server.request();
                server.head(1, false, ":status: 200");
                server.data(1, true, "all of it");
                assertThat(stream.next()).isEqualTo("head 200");
                server.awaitRead();
            }
            client.awaitClosed();

            assertThat(stream.read().next()).isEqualTo("end all of it");
        }
    }

    @Test
    void aFullDuplexStreamPassesMessagesInBothDirections() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.post("/");
            server.request();
            server.head(1, false, ":status: 200");
            assertThat(stream.next()).isEqualTo("head 200");
            for (int i = 0; i < 100; i++) {
                stream.write("ping" + i);
                assertThat(server.next().payload()).isEqualTo("ping" + i);
                server.data(1, false, "pong" + i);
                server.awaitRead();
                assertThat(stream.readSome(100)).isEqualTo("pong" + i);
            }
            stream.end();
            assertThat(server.next().endsStream()).isTrue();
            server.data(1, true, "");

            assertThat(stream.read().next()).isEqualTo("end ");
        }
    }

    @Test
    void anExceptionOfAListenerResetsItsStreamAlone() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            client.on(() -> client.connection()
                    .open(
                            new RequestPseudoFields("GET", "http", "h", "/"),
                            TestedConnection.map(),
                            true,
                            new FailingListener()));
            server.request();
            TestedStream other = client.get("/");
            server.request();
            server.head(1, false, ":status: 200");
            Frame reset = server.next(RST_STREAM);
            server.head(3, true, ":status: 200");

            assertThat(reset.stream()).isEqualTo(1);
            assertThat(reset.errorCode()).isEqualTo(2);
            assertThat(other.next()).isEqualTo("head 200 ended");
        }
    }

    private static final class FailingListener implements ResponseListener {
        @Override
        public void interim(int status, HeaderMap fields) {}

        @Override
        public void head(int status, HeaderMap fields, boolean ended) {
            throw new IllegalStateException("a bug of the listener");
        }

        @Override
        public void trailers(HeaderMap fields) {}

        @Override
        public void reset(ErrorCode code, boolean notProcessed, String reason) {
            throw new AssertionError("not called after its own failure");
        }
    }

    @Test
    void streamsOneAfterAnotherUseTheSameConnection() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            for (int i = 0; i < 50; i++) {
                TestedStream stream = client.get("/" + i);
                Frame request = server.next();
                assertThat(request.fields()).contains(":path: /" + i);
                server.head(request.stream(), false, ":status: 200");
                server.data(request.stream(), true, "r" + i);
                assertThat(stream.next()).isEqualTo("head 200");
                assertThat(stream.read().next()).isEqualTo("end r" + i);
                assertThat(client.on(() -> client.connection().unfinishedStreams()))
                        .isZero();
            }
        }
    }
}
