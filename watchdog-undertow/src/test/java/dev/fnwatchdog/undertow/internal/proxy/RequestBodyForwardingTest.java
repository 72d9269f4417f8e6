package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Chunks;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Request bodies are forwarded while they arrive, framed as they came. Proves specification 3.16, 3.17, 3.18. */
class RequestBodyForwardingTest {
    private static final String DONE = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone";

    /**
     * Returns what the function received of a request, up to and including {@code end}; the response is {@link #DONE}.
     */
    private static String forwarded(String request, String end) throws Exception {
        CompletableFuture<String> got = new CompletableFuture<>();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    got.complete(connection.readHead() + connection.readUntil(end));
                    connection.send(DONE);
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            assertThat(client.send(request).readResponse()).endsWith("done");
            return got.get(15, TimeUnit.SECONDS);
        }
    }

    /** Proves specification 3.17. */
    @Test
    void bodyWithContentLengthIsForwardedUnchangedWithIt() throws Exception {
        String got = forwarded("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab\0\u00ff!", "!");

        assertThat(got).contains("\r\nContent-Length: 5\r\n").endsWith("\r\n\r\nab\0\u00ff!");
        assertThat(got).doesNotContainIgnoringCase("transfer-encoding");
    }

    /** Proves specification 3.17. */
    @Test
    void contentLengthOf0IsForwarded() throws Exception {
        assertThat(forwarded("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n", ""))
                .contains("\r\nContent-Length: 0\r\n")
                .doesNotContainIgnoringCase("transfer-encoding");
    }

    /** Proves specification 3.17. */
    @Test
    void requestWithoutABodyGetsNoFraming() throws Exception {
        assertThat(forwarded("POST / HTTP/1.1\r\nHost: h\r\n\r\n", ""))
                .doesNotContainIgnoringCase("content-length")
                .doesNotContainIgnoringCase("transfer-encoding");
    }

    /** Proves specification 3.17. */
    @Test
    void chunkedBodyIsForwardedChunked() throws Exception {
        String got = forwarded(
                "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n0A\r\n0123456789\r\n0\r\n\r\n",
                "\r\n0\r\n\r\n");

        assertThat(got).contains("\r\nTransfer-Encoding: chunked\r\n").doesNotContainIgnoringCase("content-length");
        assertThat(Chunks.data(body(got))).isEqualTo("ab0123456789");
    }

    /** Proves specification 3.17. */
    @Test
    void emptyChunkedBodyIsForwardedChunked() throws Exception {
        String got =
                forwarded("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "0\r\n\r\n");

        assertThat(got).contains("\r\nTransfer-Encoding: chunked\r\n").endsWith("\r\n\r\n0\r\n\r\n");
    }

    /** Proves specification 3.18. */
    @Test
    void requestTrailersAreForwardedBehindTheBody() throws Exception {
        String got = forwarded(
                "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                        .concat("2\r\nab\r\n0\r\nX-Sum: 1\r\nX-Other: z\r\nX-Sum: 2\r\n\r\n"),
                "\r\n\r\n");

        assertThat(got).contains("\r\nTrailer: X-Sum\r\n").contains("\r\n0\r\n");
        assertThat(Chunks.trailers(body(got))).containsExactlyInAnyOrder("X-Sum: 1", "X-Sum: 2", "X-Other: z");
    }

    private static String body(String message) {
        return message.substring(message.indexOf("\r\n\r\n") + 4);
    }

    /** Proves specification 3.16. */
    @Test
    void eachPieceOfARequestBodyIsForwardedWhenItArrives() throws Exception {
        CountDownLatch head = new CountDownLatch(1);
        CountDownLatch first = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    head.countDown();
                    connection.readUntil("one");
                    first.countDown();
                    connection.readUntil("two");
                    connection.send(DONE);
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\n");
            assertThat(head.await(15, TimeUnit.SECONDS)).isTrue();
            client.send("one");
            assertThat(first.await(15, TimeUnit.SECONDS)).isTrue();
            client.send("two");

            assertThat(client.readResponse()).endsWith("done");
        }
    }

    /** Proves specification 3.16. */
    @Test
    void requestAndResponseBodiesAreForwardedAtTheSameTime() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nTransfer-Encoding: chunked\r\n\r\n");
                    for (int i = 0; i < 50; i++) {
                        connection.readUntil("\r\n" + i + ".\r\n");
                        connection.send("4\r\n<%02d>\r\n".formatted(i));
                    }
                    connection.readUntil("0\r\n\r\n");
                    connection.send("0\r\n\r\n");
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
            client.readHead();
            for (int i = 0; i < 50; i++) {
                String piece = i + ".";
                client.send("%x\r\n%s\r\n".formatted(piece.length(), piece));
                client.readUntil("<%02d>".formatted(i));
            }
            client.send("0\r\n\r\n");
            client.readUntil("\r\n0\r\n\r\n");

            client.send("GET /_/health HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readResponse()).endsWith("OK");
        }
    }

    @Test
    void bodiesOfMegabytesAreForwardedInBothDirectionsWithLengthAndChunked() throws Exception {
        byte[] piece = new byte[100_000];
        int pieces = 40;
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        String head = connection.readHead();
                        boolean length = head.contains("Content-Length");
                        connection.send("HTTP/1.1 200 OK\r\n%s\r\n\r\n"
                                .formatted(length ? "Content-Length: 4000000" : "Transfer-Encoding: chunked"));
                        if (length) {
                            connection.forwardTo(connection, 4_000_000);
                        } else {
                            connection.forwardTo(connection, "\r\n0\r\n\r\n");
                        }
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4000000\r\n\r\n");
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> client.sendTimes(piece, pieces));
            client.readHead();
            assertThat(client.read(4_000_000)).hasSize(4_000_000);
            sent.get(15, TimeUnit.SECONDS);

            byte[] chunk = new byte[100_000 + 9];
            System.arraycopy("186A0\r\n".getBytes(StandardCharsets.ISO_8859_1), 0, chunk, 0, 7);
            chunk[chunk.length - 2] = '\r';
            chunk[chunk.length - 1] = '\n';
            client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
            sent = CompletableFuture.runAsync(() -> {
                client.sendTimes(chunk, pieces);
                client.sendTimes("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1), 1);
            });
            client.readHead();
            assertThat(Chunks.data(client.readUntil("\r\n0\r\n\r\n"))).hasSize(4_000_000);
            sent.get(15, TimeUnit.SECONDS);
        }
    }

    /** Proves specification 3.16. */
    @Test
    void requestBodyIsReadNoFasterThanTheFunctionReadsIt() throws Exception {
        CountDownLatch stuck = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    stuck.await();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 400000000\r\n\r\n");
            assertThat(client.sendUntilBlocked(64 << 20)).isLessThan(64 << 20);
            stuck.countDown();
        }
    }

    /** Proves specification 3.24. */
    @Test
    void responseBodyIsReadNoFasterThanTheClientReadsIt() throws Exception {
        CompletableFuture<Integer> sent = new CompletableFuture<>();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 400000000\r\n\r\n");
                    sent.complete(connection.sendUntilBlocked(64 << 20));
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            client.readHead();

            assertThat(sent.get(10, TimeUnit.SECONDS)).isLessThan(64 << 20);
        }
    }
}
