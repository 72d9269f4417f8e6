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

/** Contract 7 and 9: a request that HTTP/2 can carry and HTTP/1.1 cannot never reaches the function, nor harms another. */
class MalformedHttp2Test {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final String VICTIM = "GET /victim HTTP/1.1\r\nHost: v\r\n\r\n";

    private final Queue<String> heads = new ConcurrentLinkedQueue<>();

    /** Answers each head at once, whatever body is to come; then it reads as much as the head has told. */
    private ScriptedFunction answeringEarly() throws IOException {
        return ScriptedFunction.serving(connection -> {
            while (true) {
                String head = connection.readHead();
                heads.add(head);
                connection.send(OK);
                connection.read(RawClient.contentLength(head));
            }
        });
    }

    private static void assertNextCallIsServed(RunningWatchdog watchdog) throws IOException {
        try (RawClient other = watchdog.connect()) {
            assertThat(other.send(VICTIM).readResponse()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void isRefusedWhereALengthIsToldAndNoBodyComes() throws Exception {
        try (ScriptedFunction function = answeringEarly();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.request(
                    true, ":method: POST", ":scheme: http", ":authority: h", ":path: /", "content-length: 31");

            assertThat(client.next(stream).type()).isEqualTo(Http2Frames.RST_STREAM);
            assertNextCallIsServed(watchdog);
            assertThat(heads).singleElement().asString().startsWith("GET /victim ");
        }
    }

    @Test
    void neverTakesThePlaceOfABodyThatTrailersCutShort() throws Exception {
        try (ScriptedFunction function = answeringEarly();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/", "content-length: 31");
            client.data(stream, "abc", false);
            client.trailers(stream, "x-sum: 1");
            client.next(stream);

            watchdog.awaitIdle();
            assertNextCallIsServed(watchdog);
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

    @ParameterizedTest
    @MethodSource("malformed")
    void isRefusedWhereItHasNoMethodOrNoPath(List<String> pseudoHeaders) throws Exception {
        try (ScriptedFunction function = answeringEarly();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream =
                    client.request(true, pseudoHeaders.get(0), ":scheme: http", ":authority: h", pseudoHeaders.get(1));

            assertThat(client.head(stream)).contains(":status: 400");
            assertThat(heads).isEmpty();
        }
    }

    static Stream<List<String>> ofOneStream() {
        return Stream.of(
                List.of(":method: GET", ":scheme: http", ":authority: h", ":path: "),
                List.of(":method: GET", ":scheme: http", ":authority: u@h", ":path: /"),
                List.of(":method: GET", ":scheme: http", ":authority: h/x?y", ":path: /"),
                List.of(":method: CONNECT", ":authority: h:443"),
                List.of(
                        ":method: POST",
                        ":scheme: http",
                        ":authority: h",
                        ":path: /",
                        "content-length: 1",
                        "content-length: 2"));
    }

    @ParameterizedTest
    @MethodSource("ofOneStream")
    void endsItsOwnStreamAlone(List<String> headers) throws Exception {
        try (ScriptedFunction function = answeringEarly();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int refused = client.request(true, headers.toArray(new String[0]));
            int stream = client.get("/next");

            assertThat(client.next(refused).type()).isEqualTo(Http2Frames.RST_STREAM);
            assertThat(client.head(stream)).contains(":status: 200");
            assertThat(heads).singleElement().asString().startsWith("GET /next ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {":path: /x", ":path: /?a=b"})
    void passesAHostOnThatStandsForTheAuthority(String path) throws Exception {
        try (ScriptedFunction function = answeringEarly();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.request(true, ":method: GET", ":scheme: http", path, "host: a.b");

            assertThat(client.head(stream)).contains(":status: 200");
            assertThat(heads).singleElement().asString().containsIgnoringCase("\r\nhost: a.b\r\n");
        }
    }
}
