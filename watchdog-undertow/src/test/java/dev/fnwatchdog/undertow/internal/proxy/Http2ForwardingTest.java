package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Chunks;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 by prior knowledge in front of a function that speaks HTTP/1.1. Proves specification 9.9. */
class Http2ForwardingTest {
    private static final String OK = "HTTP/1.1 200 Fine\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 2\r\n\r\nhi";

    /** Proves specification 3.5, 3.25, 9.9. */
    @Test
    void http2RequestAndResponseAreForwarded() throws Exception {
        CompletableFuture<String> forwardedHead = new CompletableFuture<>();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    forwardedHead.complete(connection.readHead());
                    connection.send(OK);
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.request(
                    true,
                    ":method: GET",
                    ":scheme: http",
                    ":authority: example.com:81",
                    ":path: /a%2Fb//c/../d;e?x={1}&y=%20",
                    "x-b: 3",
                    "x-b: 4",
                    "te: trailers",
                    "cookie: a=1",
                    "cookie: b=2");

            assertThat(client.head(stream))
                    .contains(":status: 200", "x-a: 1", "x-a: 2", "content-length: 2")
                    .anyMatch(line -> line.matches("x-duration-seconds: \\d+\\.\\d{6}"))
                    .noneMatch(line -> line.startsWith("connection") || line.startsWith("transfer-encoding"));
            assertThat(client.body(stream)).isEqualTo("hi");
            assertThat(forwardedHead.get(15, TimeUnit.SECONDS).split("\r\n"))
                    .startsWith("GET /a%2Fb//c/../d;e?x={1}&y=%20 HTTP/1.1")
                    .containsExactlyInAnyOrder(
                            "GET /a%2Fb//c/../d;e?x={1}&y=%20 HTTP/1.1",
                            "Host: example.com:81", "x-b: 3", "x-b: 4", "TE: trailers", "cookie: a=1; b=2");
            watchdog.log().awaitLine("GET /a%2Fb//c/../d;e?x={1}&y=%20 - 200 Fine - ContentLength: 2B");
        }
    }

    /** Proves specification 3.5, 3.8, 3.9. */
    @ParameterizedTest
    @ValueSource(strings = {"/a?", "/?", "/a??", "/a??x", "/?q=100%", "/?q=%zz", "/?x=%u00e9", "/a;b?%"})
    void queryOfAnHttp2RequestIsForwardedByteForByte(String target) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.get(target);

            assertThat(client.head(stream)).contains(":status: 200");
            assertThat(client.body(stream)).startsWith("GET " + target + " HTTP/1.1\r\n");
        }
    }

    /** Proves specification 3.7, 7.15. */
    @ParameterizedTest
    @ValueSource(strings = {"/a%zz?b", "/100%", "/a?b c", "?a", "a?b", "*?a"})
    void malformedTargetOfAnHttp2RequestIsRefused(String target) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.request(true, ":method: OPTIONS", ":scheme: http", ":authority: h", ":path: " + target);

            assertThat(client.head(stream)).contains(":status: 400");
            assertThat(function.lastHead()).doesNotStartWith("OPTIONS");
        }
    }

    /** Proves specification 3.28. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            })
    void http2ResponseWithoutBodyIsForwardedWithoutBody(String response) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(response);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            for (int i = 0; i < 3; i++) {
                int stream = client.get("/");

                assertThat(client.head(stream))
                        .contains(":status: " + response.substring(9, 12))
                        .noneMatch(line -> line.startsWith("transfer-encoding"));
                assertThat(client.body(stream)).isEmpty();
            }
        }
    }

    /** Proves specification 3.28. */
    @Test
    void http2ResponseToHeadKeepsItsContentLengthAndHasNoBody() throws Exception {
        try (ScriptedFunction function =
                        ScriptedFunction.respondingWith("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.request(true, ":method: HEAD", ":scheme: http", ":authority: h", ":path: /");

            assertThat(client.head(stream)).contains(":status: 200", "content-length: 9");
            assertThat(client.body(stream)).isEmpty();
        }
    }

    /** Proves specification 3.17. */
    @Test
    void http2BodyWithContentLengthIsForwardedWithIt() throws Exception {
        CompletableFuture<String> got = new CompletableFuture<>();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    got.complete(connection.readHead() + connection.read(5));
                    connection.send(OK);
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/", "content-length: 5");
            client.data(stream, "ab", false);
            client.data(stream, "cde", true);

            assertThat(client.head(stream)).contains(":status: 200");
            assertThat(got.get(15, TimeUnit.SECONDS))
                    .contains("\r\nContent-Length: 5\r\n")
                    .doesNotContain("Transfer-Encoding")
                    .endsWith("\r\n\r\nabcde");
        }
    }

    /** Proves specification 3.17, 3.18, 3.26, 9.9. */
    @Test
    void http2BodyWithoutLengthIsForwardedChunkedWithItsTrailers() throws Exception {
        CompletableFuture<String> got = new CompletableFuture<>();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    got.complete(connection.readHead() + connection.readUntil("\r\n\r\n"));
                    connection.send(
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 3\r\n\r\n");
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/");
            client.data(stream, "abcde", false);
            client.trailers(stream, "x-sum: 1", "x-other: 2");

            assertThat(client.head(stream)).contains(":status: 200");
            assertThat(client.next(stream).payload()).isEqualTo("hi");
            assertThat(client.trailers(stream)).containsExactly("x-sum: 3");
            String request = got.get(15, TimeUnit.SECONDS);
            String body = request.substring(request.indexOf("\r\n\r\n") + 4);
            assertThat(request.substring(0, request.length() - body.length()))
                    .contains("\r\nTransfer-Encoding: chunked\r\n")
                    .doesNotContain("Content-Length", "x-sum", "x-other");
            assertThat(Chunks.data(body)).isEqualTo("abcde");
            assertThat(Chunks.trailers(body)).containsExactlyInAnyOrder("x-sum: 1", "x-other: 2");
        }
    }

    /** Proves specification 3.16, 3.24. */
    @Test
    void http2BodiesAreForwardedInBothDirectionsAtTheSameTime() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n");
                    for (int i = 0; i < 30; i++) {
                        connection.readUntil("<%02d>\r\n".formatted(i));
                        connection.send("4\r\n[%02d]\r\n".formatted(i));
                    }
                    connection.readUntil("0\r\n\r\n");
                    connection.send("0\r\n\r\n");
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/");
            assertThat(client.head(stream)).contains(":status: 200");
            for (int i = 0; i < 30; i++) {
                client.data(stream, "<%02d>".formatted(i), false);
                assertThat(client.next(stream).payload()).isEqualTo("[%02d]".formatted(i));
            }
            client.data(stream, "", true);
            assertThat(client.body(stream)).isEmpty();
        }
    }

    /** Proves specification 3.24. */
    @Test
    void http2EventStreamHeadAndEventsAreForwardedAtOnce() throws Exception {
        Semaphore seen = new Semaphore(0);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
                    for (int i = 0; i < 20; i++) {
                        if (!seen.tryAcquire(5, TimeUnit.SECONDS)) {
                            return;
                        }
                        connection.send("data: %d\n\n".formatted(i));
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.get("/");
            assertThat(client.head(stream)).contains("content-type: text/event-stream");
            for (int i = 0; i < 20; i++) {
                seen.release();
                assertThat(client.next(stream).payload()).isEqualTo("data: %d\n\n".formatted(i));
            }
            assertThat(client.body(stream)).isEmpty();
        }
    }

    @Test
    void http2BodiesOfMegabytesAreForwardedInBothDirections() throws Exception {
        int size = 2_000_000;
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        String head = connection.readHead();
                        connection.send(
                                "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: %d\r\n\r\n".formatted(size));
                        if (head.startsWith("POST")) {
                            connection.forwardTo(connection, size);
                        } else {
                            connection.sendTimes(new byte[size / 10], 10);
                        }
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int download = client.get("/");
            assertThat(client.head(download)).contains(":status: 200");
            assertThat(client.body(download)).hasSize(size);

            int upload = client.post("/", "content-length: " + size);
            String piece = "x".repeat(10_000);
            StringBuilder echoed = new StringBuilder();
            assertThat(client.head(upload)).contains(":status: 200");
            for (int sent = 0; sent < size; sent += piece.length()) {
                client.data(upload, piece, sent + piece.length() == size);
                while (echoed.length() < sent - 20_000) {
                    echoed.append(client.next(upload).payload());
                }
            }
            assertThat(echoed.length() + client.body(upload).length()).isEqualTo(size);
        }
    }

    /** Proves specification 3.44. */
    @Test
    void http2StreamsOfOneConnectionAreServedAtTheSameTime() throws Exception {
        int streams = 50;
        CountDownLatch all = new CountDownLatch(streams);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    String head = connection.readHead();
                    all.countDown();
                    all.await(10, TimeUnit.SECONDS);
                    String path = head.substring(4, head.indexOf(" HTTP"));
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(path.length(), path));
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            for (int i = 0; i < streams; i++) {
                client.get("/" + i);
            }
            for (int i = 0; i < streams; i++) {
                assertThat(client.head(2 * i + 1)).contains(":status: 200");
                assertThat(client.body(2 * i + 1)).isEqualTo("/" + i);
            }
        }
    }

    /** Proves specification 3.20. */
    @Test
    void http2ClientThatExpects100GetsItAndThenTheFinalResponse() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/", "content-length: 2", "expect: 100-continue");
            assertThat(client.head(stream)).contains(":status: 100");
            client.data(stream, "ab", true);

            assertThat(client.head(stream)).contains(":status: 200");
            assertThat(client.body(stream)).isEqualTo("hi");
        }
    }

    @Test
    void http2LongHeadsAreForwardedInBothDirections() throws Exception {
        String value = "v".repeat(8_000);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    String head = connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\n"
                            + head.substring(head.indexOf("x-long")).replace("\r\n\r\n", "\r\n")
                            + "X-More: " + "w".repeat(40_000) + "\r\nContent-Length: 2\r\n\r\nhi");
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.request(
                    true, ":method: GET", ":scheme: http", ":authority: h", ":path: /", "x-long: " + value);

            List<String> head = client.head(stream);
            assertThat(head).contains("x-long: " + value, "x-more: " + "w".repeat(40_000));
            assertThat(client.body(stream)).isEqualTo("hi");
        }
    }
}
