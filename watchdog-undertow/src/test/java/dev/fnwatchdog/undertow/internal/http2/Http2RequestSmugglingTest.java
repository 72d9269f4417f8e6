package dev.fnwatchdog.undertow.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.EOFException;
import java.io.IOException;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * HTTP/2 requests that would begin or end elsewhere than the client meant when they are written as HTTP/1.1. Proves
 * specification 9.9, 9.11.
 */
class Http2RequestSmugglingTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    private final Queue<String> heads = new ConcurrentLinkedQueue<>();

    private ScriptedFunction recording() throws IOException {
        return ScriptedFunction.serving(connection -> {
            while (true) {
                heads.add(connection.readHead());
                connection.send(OK);
            }
        });
    }

    /** Proves specification 9.11. */
    @ParameterizedTest
    @ValueSource(strings = {"short", "much too long"})
    void http2BodyOfAnotherLengthThanContentLengthIsNeverForwardedAsWhole(String body) throws Exception {
        CountDownLatch whole = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    String got = connection.read(8);
                    if (!connection.closedByPeer() || got.length() == 8) {
                        whole.countDown();
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/", "content-length: 8");
            client.data(stream, body.substring(0, 5), false);
            client.data(stream, body.substring(5), true);

            assertThat(client.next(stream).type()).isEqualTo(Http2Frames.RST_STREAM);
            watchdog.awaitIdle();
            assertThat(whole.getCount()).isOne();
        }
    }

    /** Proves specification 9.11. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                ":method: GET / HTTP/1.1",
                ":method: GET\r\nX-Evil: 1",
                ":path: /a b",
                ":path: /a HTTP/1.1\r\nX-Evil: 1\r\n\r\nGET /b",
                ":path: /%zz",
                ":path: ",
                ":authority: h\r\nX-Evil: 1",
                "x-a: b\r\nX-Evil: 1",
                "x-a: b\0c",
                "x-a\r\nX-Evil: b",
                "x evil: b",
                "transfer-encoding: chunked",
                "connection: x-a",
                "content-length: +1",
                "content-length: 1x"
            })
    void http2RequestWhoseHeadWouldBeAnotherOneInHttp1IsNeverForwarded(String wrong) throws Exception {
        try (ScriptedFunction function = recording();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            boolean method = wrong.startsWith(":method");
            boolean path = wrong.startsWith(":path");
            boolean authority = wrong.startsWith(":authority");
            client.request(
                    true,
                    method ? wrong : ":method: GET",
                    ":scheme: http",
                    path ? wrong : ":path: /",
                    authority ? wrong : ":authority: h",
                    method || path || authority ? "x-b: 1" : wrong);
            client.connection().socket().shutdownOutput();
            client.connection().readToEnd();

            assertThat(heads).isEmpty();
        }
    }

    /** Proves specification 9.9. */
    @Test
    void http2RequestWithDifferentHostAndAuthorityIsRefusedOrForwardedWithAuthority() throws Exception {
        try (ScriptedFunction function = recording();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream =
                    client.request(true, ":method: GET", ":scheme: http", ":path: /ok", ":authority: one", "host: two");
            Http2Frames.Frame frame = client.next(stream);

            assertThat(frame.type() == Http2Frames.RST_STREAM
                            || frame.fields().contains(":status: 400")
                            || heads.remove().toLowerCase(Locale.ROOT).contains("\r\nhost: one\r\n"))
                    .isTrue();
            assertThat(String.join("", heads)).doesNotContain("two");
        }
    }

    /** Proves specification 9.11. */
    @ParameterizedTest
    @ValueSource(strings = {"x-a: b\r\n\r\nGET /evil HTTP/1.1", "x-a\r\n\r\nGET /evil: b", "content-length: 5"})
    void http2TrailerThatWouldEndItsRequestIsNeverForwarded(String trailer) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    heads.add(connection.readUntil("0\r\n\r\n"));
                    connection.send(OK);
                    heads.add(connection.readToEnd());
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            try (Http2Streams client = Http2Streams.of(watchdog)) {
                int stream = client.post("/");
                client.data(stream, "ab", false);
                client.trailers(stream, trailer);
                try {
                    client.next(stream);
                } catch (EOFException connectionClosed) {
                    assertThat(trailer).doesNotStartWith("content");
                }
            }
            watchdog.awaitIdle();
            assertThat(String.join("", heads)).doesNotContain("evil", "content-length");
        }
    }
}
