package dev.fnwatchdog.undertow.internal.proxy;

import static dev.fnwatchdog.undertow.fixture.Http2Frames.DATA;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.HEADERS;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.RST_STREAM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Chunks;
import dev.fnwatchdog.undertow.fixture.Http2Frames.Frame;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.Http2Upstream;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages to and from a function that speaks HTTP/2. Proves specification 1.13, 3.49. */
@Timeout(60)
class Http2UpstreamTest {
    private static final String GET = "GET /a?q HTTP/1.1\r\nHost: h\r\n\r\n";

    static RunningWatchdog inFrontOf(Http2Upstream function, String... settings) throws Exception {
        return inFrontOf(function.port(), settings);
    }

    static RunningWatchdog inFrontOf(int port, String... settings) throws Exception {
        RunningWatchdog started = RunningWatchdog.startedInFrontOf(
                port,
                Stream.concat(Stream.of("http_upstream_url", "h2c://127.0.0.1:" + port), Stream.of(settings))
                        .toArray(String[]::new));
        // Requests that arrive before that are held, and may be overtaken by others.
        Polling.until(Duration.ofSeconds(15), () -> started.get("/_/ready").statusCode() == 200);
        return started;
    }

    @Test
    void aGetHasPseudoHeaderFieldsAndNoHopByHopFields() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog =
                        inFrontOf(function, "http_upstream_url", "h2c://127.0.0.1:" + function.port() + "/base");
                RawClient client = watchdog.connect()) {
            client.send("GET /a%20b?q=1&q HTTP/1.1\r\nHost: h:1\r\nConnection: keep-alive, x-hop\r\nX-Hop: 1\r\n"
                    + "Keep-Alive: 5\r\nTE: gzip, trailers\r\nUpgrade: websocket\r\nX-A: 1\r\nX-A: 2\r\n\r\n");
            try (Http2Upstream.Connection connection = function.accept()) {
                Frame request = connection.next(HEADERS);

                assertThat(request.endsStream()).isTrue();
                assertThat(request.fields())
                        .containsExactlyInAnyOrder(
                                ":method: GET",
                                ":scheme: http",
                                ":authority: h:1",
                                ":path: /base/a%20b?q=1&q",
                                "te: trailers",
                                "x-a: 1",
                                "x-a: 2");
                connection.head(1, false, ":status: 200", "content-length: 2", "x-b: 3");
                connection.data(1, true, "hi");
                String response = client.readResponse();
                assertThat(response)
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .contains("X-Duration-Seconds: ", "x-b: 3", "text/plain")
                        .endsWith("\r\n\r\nhi");
            }
        }
    }

    @Test
    void anEmptyQueryKeepsItsQuestionMarkAndHttp10WithoutHostGetsTheUpstreamsAuthority() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET /a? HTTP/1.0\r\n\r\n");
            try (Http2Upstream.Connection connection = function.accept()) {
                assertThat(connection.next(HEADERS).fields())
                        .contains(":path: /a?", ":authority: 127.0.0.1:" + function.port());
                connection.head(1, false, ":status: 200");
                connection.data(1, false, "to the ");
                connection.data(1, true, "end");

                assertThat(client.readToEnd()).startsWith("HTTP/1.").endsWith("\r\n\r\nto the end");
            }
        }
    }

    /** Proves specification 3.16, 3.18, 3.26, 3.27. */
    @Test
    void bodiesAndTrailersPassInBothDirections() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "3\r\nabc\r\n0\r\nX-Sum: 6\r\nHost: evil\r\n\r\n");
            try (Http2Upstream.Connection connection = function.accept()) {
                assertThat(connection.next(HEADERS).fields()).contains(":method: POST");
                assertThat(connection.next(DATA).payload()).isEqualTo("abc");
                Frame trailers = connection.next(HEADERS);
                assertThat(trailers.endsStream()).isTrue();
                assertThat(trailers.fields()).containsExactly("x-sum: 6");
                connection.head(1, false, ":status: 200", "content-type: a/b");
                connection.data(1, false, "hello");
                connection.head(1, true, "x-end: 1", "host: evil");

                assertThat(client.readHead()).startsWith("HTTP/1.1 200");
                assertThat(Chunks.trailers(client.readUntil("0\r\n") + client.readUntil("\r\n\r\n")))
                        .containsExactly("x-end: 1");
            }
        }
    }

    @Test
    void anHttp2ClientGetsTrailersOnlyAsOneFrame() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/pkg.Service/Call", "content-type: application/grpc", "te: trailers");
            client.data(stream, "message", true);
            try (Http2Upstream.Connection connection = function.accept()) {
                assertThat(connection.next(HEADERS).fields())
                        .contains("te: trailers", "content-type: application/grpc");
                assertThat(connection.body(1)).isEqualTo("message");
                connection.head(1, true, ":status: 200", "content-type: application/grpc", "grpc-status: 5");

                Frame head = client.next(stream);
                assertThat(head.endsStream()).isTrue();
                assertThat(head.fields()).contains(":status: 200", "grpc-status: 5");
            }
        }
    }

    @Test
    void anHttp11ClientGetsAResponseWithoutABody() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(GET);
            try (Http2Upstream.Connection connection = function.accept()) {
                connection.head(connection.request(), true, ":status: 404");
                assertThat(client.readResponse()).startsWith("HTTP/1.1 404").containsIgnoringCase("content-length: 0");
                client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
                connection.head(connection.request(), true, ":status: 200", "content-length: 7");
                assertThat(client.readHead()).contains("ength: 7");
                client.send(GET);
                connection.head(connection.request(), true, ":status: 204");
                assertThat(client.readHead()).startsWith("HTTP/1.1 204");
                client.send(GET);
                connection.head(connection.request(), true, ":status: 304", "etag: e");
                assertThat(client.readHead()).startsWith("HTTP/1.1 304");
            }
        }
    }

    /** Proves specification 3.16, 3.24. */
    @Test
    void eachMessageOfAConversationIsPassedOnWhenItIsSent() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/", "content-type: application/grpc", "te: trailers");
            try (Http2Upstream.Connection connection = function.accept()) {
                int upstream = connection.request();
                connection.head(upstream, false, ":status: 200", "content-type: application/grpc");
                assertThat(client.head(stream)).contains(":status: 200");
                for (int i = 0; i < 20; i++) {
                    client.data(stream, "to " + i, false);
                    assertThat(connection.next(DATA).payload()).isEqualTo("to " + i);
                    connection.data(upstream, false, "from " + i);
                    assertThat(client.next(stream).payload()).isEqualTo("from " + i);
                }
                client.data(stream, "", true);
                assertThat(connection.next(DATA).endsStream()).isTrue();
                connection.head(upstream, true, "grpc-status: 0");
                assertThat(client.trailers(stream)).containsExactly("grpc-status: 0");
            }
        }
    }

    /** Proves specification 3.16. */
    @Test
    void aBodyThatTheFunctionDoesNotReadIsNotReadFromTheClient() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            int length = 64 * 1024 * 1024;
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + length + "\r\n\r\n");
            try (Http2Upstream.Connection connection = function.accept()) {
                connection.request();

                assertThat(client.sendUntilBlocked(length)).isLessThan(length);
                connection.head(1, true, ":status: 200");
                assertThat(client.readHead()).startsWith("HTTP/1.1 200");
                assertThat(connection.next(RST_STREAM).stream()).isEqualTo(1);
            }
        }
    }

    /** Proves specification 3.30. */
    @Test
    void interimResponsesReachTheClientBeforeTheFinalOne() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(GET);
            try (Http2Upstream.Connection connection = function.accept()) {
                connection.request();
                connection.head(1, false, ":status: 103", "link: </a>");
                assertThat(client.readHead()).startsWith("HTTP/1.1 103 ").contains("link: </a>");
                connection.head(1, true, ":status: 200");
                assertThat(client.readHead()).startsWith("HTTP/1.1 200");
            }
        }
    }

    /** Proves specification 3.21. */
    @Test
    void expectIsForwardedAndTheFunctionsContinueReachesTheClient() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
            try (Http2Upstream.Connection connection = function.accept()) {
                assertThat(connection.next(HEADERS).fields()).contains("expect: 100-continue", "content-length: 3");
                connection.head(1, false, ":status: 100");
                assertThat(client.readHead()).startsWith("HTTP/1.1 100");
                client.send("abc");
                assertThat(connection.body(1)).isEqualTo("abc");
                connection.head(1, true, ":status: 200");
                assertThat(client.readHead()).startsWith("HTTP/1.1 200");
            }
        }
    }

    /** Proves specification 3.46. */
    @Test
    void aResponseBeforeTheEndOfTheRequestReachesTheClientAndTheRestIsDiscarded() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nabc");
            try (Http2Upstream.Connection connection = function.accept()) {
                connection.request();
                connection.head(1, false, ":status: 413", "content-type: a/b", "content-length: 4");
                connection.data(1, true, "full");
                connection.reset(1, 0);
                assertThat(client.readResponse()).startsWith("HTTP/1.1 413").endsWith("full");
                client.send("def" + GET);

                connection.head(connection.request(), true, ":status: 200");
                assertThat(client.readHead()).startsWith("HTTP/1.1 200");
            }
        }
    }
}
