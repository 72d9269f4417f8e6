package dev.fnwatchdog.undertow.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that HTTP/2 can carry and HTTP/1.1 cannot never reach the function and harm no other request. Proves
 * specification 9.9, 9.11.
 */
class MalformedHttp2Test {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final String VICTIM = "GET /victim HTTP/1.1\r\nHost: v\r\n\r\n";

    private final Queue<String> heads = new ConcurrentLinkedQueue<>();

    /** A function that responds to each head before its body, and then reads as many bytes as the head announced. */
    private ScriptedFunction respondingEarly() throws IOException {
        return ScriptedFunction.serving(connection -> {
            while (true) {
                String head = connection.readHead();
                heads.add(head);
                connection.send(OK);
                connection.read(RawClient.contentLength(head));
            }
        });
    }

    private static void assertNextRequestIsServed(RunningWatchdog watchdog) throws IOException {
        try (RawClient other = watchdog.connect()) {
            assertThat(other.send(VICTIM).readResponse()).startsWith("HTTP/1.1 200 ");
        }
    }

    /** Proves specification 9.11. */
    @Test
    void http2RequestWithContentLengthAndWithoutABodyIsResetAndNotForwarded() throws Exception {
        try (ScriptedFunction function = respondingEarly();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.request(
                    true, ":method: POST", ":scheme: http", ":authority: h", ":path: /", "content-length: 31");

            assertThat(client.next(stream).type()).isEqualTo(Http2Frames.RST_STREAM);
            assertNextRequestIsServed(watchdog);
            assertThat(heads).singleElement().asString().startsWith("GET /victim ");
        }
    }

    /** Proves specification 9.11. */
    @Test
    void http2BodyThatTrailersCutShortNeverSwallowsTheNextRequest() throws Exception {
        try (ScriptedFunction function = respondingEarly();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/", "content-length: 31");
            client.data(stream, "abc", false);
            client.trailers(stream, "x-sum: 1");
            client.next(stream);

            watchdog.awaitIdle();
            assertNextRequestIsServed(watchdog);
            assertThat(heads).anyMatch(head -> head.startsWith("GET /victim "));
        }
    }

    static Stream<List<String>> malformed() {
        return Stream.of(
                List.of(":method: ", ":path: /"),
                List.of(":method: GET", ":path: x"),
                List.of(":method: GET", ":path: ?x"),
                List.of(":method: GET", ":path: *"),
                List.of(":method: GET", ":path: @h/x"),
                List.of(":method: GET", ":path: http://other/_/health"));
    }

    /** Proves specification 9.11. */
    @ParameterizedTest
    @MethodSource("malformed")
    void http2RequestWithoutAMethodOrWithoutAPathIs400(List<String> pseudoHeaders) throws Exception {
        try (ScriptedFunction function = respondingEarly();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream =
                    client.request(true, pseudoHeaders.get(0), ":scheme: http", ":authority: h", pseudoHeaders.get(1));

            assertThat(client.head(stream)).contains(":status: 400");
            assertThat(heads).isEmpty();
        }
    }

    static Stream<List<String>> streamErrors() {
        return Stream.of(
                List.of(":method: GET", ":scheme: http", ":authority: h", ":path: "),
                List.of(":method: GET", ":scheme: http", ":authority: u@h", ":path: /"),
                List.of(":method: GET", ":scheme: http", ":authority: h/x?y", ":path: /"),
                List.of(":method: GET", ":scheme: ht tp", ":authority: h", ":path: /"),
                List.of(":method: GET", ":scheme: ", ":authority: h", ":path: /"),
                List.of(":method: CONNECT", ":authority: h:443"),
                List.of(
                        ":method: POST",
                        ":scheme: http",
                        ":authority: h",
                        ":path: /",
                        "content-length: 1",
                        "content-length: 2"));
    }

    /** Proves specification 9.11. */
    @ParameterizedTest
    @MethodSource("streamErrors")
    void malformedHttp2RequestResetsItsOwnStreamAlone(List<String> headers) throws Exception {
        try (ScriptedFunction function = respondingEarly();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int refused = client.request(true, headers.toArray(new String[0]));
            int stream = client.get("/next");

            assertThat(client.next(refused).type()).isEqualTo(Http2Frames.RST_STREAM);
            assertThat(client.head(stream)).contains(":status: 200");
            assertThat(heads).singleElement().asString().startsWith("GET /next ");
        }
    }

    /** Proves specification 9.9. */
    @ParameterizedTest
    @ValueSource(strings = {":path: /x", ":path: /?a=b"})
    void http2HostIsForwardedWhereAuthorityIsMissing(String path) throws Exception {
        try (ScriptedFunction function = respondingEarly();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.request(true, ":method: GET", ":scheme: http", path, "host: a.b");

            assertThat(client.head(stream)).contains(":status: 200");
            assertThat(heads).singleElement().asString().containsIgnoringCase("\r\nhost: a.b\r\n");
        }
    }
}
