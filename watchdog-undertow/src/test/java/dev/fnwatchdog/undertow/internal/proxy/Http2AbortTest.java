package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * HTTP/2 streams that end early while the other streams of the connection go on. Proves specification 3.37, 3.39, 3.40,
 * 3.41, 3.45, 9.18.
 */
class Http2AbortTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch upstreamClosed = new CountDownLatch(1);

    /**
     * A function that responds to /ok; to other paths it sends {@code bytes} and waits for the end of the connection.
     */
    private ScriptedFunction sending(String bytes) throws IOException {
        return ScriptedFunction.serving(connection -> {
            while (true) {
                String head = connection.readHead();
                if (head.contains(" /ok ")) {
                    connection.send(OK);
                } else {
                    try {
                        // The connection may be closed before all bytes are sent.
                        connection.send(bytes);
                        reached.countDown();
                        connection.readToEnd();
                    } finally {
                        upstreamClosed.countDown();
                    }
                }
            }
        });
    }

    private void awaitReached() throws InterruptedException {
        assertThat(reached.await(15, TimeUnit.SECONDS)).isTrue();
    }

    private void assertUpstreamConnectionCloses() throws InterruptedException {
        assertThat(upstreamClosed.await(15, TimeUnit.SECONDS)).isTrue();
    }

    private static void assertServes(Http2Streams client) throws IOException {
        int stream = client.get("/ok");
        assertThat(client.head(stream)).contains(":status: 200");
        assertThat(client.body(stream)).isEqualTo("hi");
    }

    /** Proves specification 3.45, 9.18. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 9\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 9\r\n\r\npiece",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n"
            })
    void http2StreamThatTheClientResetsClosesItsUpstreamConnection(String bytes) throws Exception {
        try (ScriptedFunction function = sending(bytes);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.get("/");
            awaitReached();
            if (!bytes.isEmpty()) {
                client.head(stream);
            }
            client.reset(stream);

            assertUpstreamConnectionCloses();
            watchdog.awaitIdle();
            assertServes(client);
        }
    }

    /** Proves specification 3.45, 9.18. */
    @Test
    void http2UploadThatTheClientResetsClosesItsUpstreamConnection() throws Exception {
        try (ScriptedFunction function = sending("");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/");
            client.data(stream, "some of it", false);
            awaitReached();
            client.reset(stream);

            assertUpstreamConnectionCloses();
            watchdog.awaitIdle();
            assertServes(client);
        }
    }

    @Test
    void http2ResponseBlockedByItsWindowThatTheClientResetsClosesItsUpstreamConnection() throws Exception {
        try (ScriptedFunction function =
                        sending("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 900000\r\n\r\n"
                                + "x".repeat(500_000));
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "max_inflight", "1", "write_timeout", "1m");
                Http2Streams client = Http2Streams.withWindow(watchdog, 1000)) {
            int stream = client.get("/");
            client.head(stream);
            assertThat(client.next(stream).payload()).hasSize(1000);
            client.reset(stream);

            assertUpstreamConnectionCloses();
            watchdog.awaitIdle();
            assertServes(client);
        }
    }

    /** Proves specification 3.45. */
    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 9\r\n\r\npiece"})
    void http2ConnectionThatEndsClosesTheUpstreamConnectionsOfItsStreams(String bytes) throws Exception {
        CountDownLatch all = new CountDownLatch(6);
        CountDownLatch closed = new CountDownLatch(6);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(bytes);
                    all.countDown();
                    try {
                        connection.readToEnd();
                    } finally {
                        closed.countDown();
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            try (Http2Streams client = Http2Streams.of(watchdog)) {
                for (int i = 0; i < 3; i++) {
                    client.get("/");
                    client.data(client.post("/"), "some of it", false);
                }
                assertThat(all.await(15, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(closed.await(15, TimeUnit.SECONDS)).isTrue();
            watchdog.awaitIdle();
        }
    }

    /** Proves specification 3.37. */
    @Test
    void http2StreamIs504WhenNoResponseHeadArrivesWithinExecTimeout() throws Exception {
        try (ScriptedFunction function = sending("");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "200ms");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int waiting = client.get("/");
            int uploading = client.post("/");
            client.data(uploading, "some of it", false);

            assertThat(client.head(waiting))
                    .contains(":status: 504", "x-openfaas-internal: of-watchdog")
                    .anyMatch(line -> line.startsWith("x-duration-seconds: "));
            assertThat(client.body(waiting)).isEmpty();
            assertThat(client.head(uploading)).contains(":status: 504");
            assertUpstreamConnectionCloses();
            assertServes(client);
        }
    }

    @Test
    void http2UploadsThatTheFunctionDoesNotReadAre504AndTheirBuffersAreFreed() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    end.await();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "1s");
                Http2Streams client = Http2Streams.of(watchdog)) {
            // The first 5 MB fill the sockets to the function; the watchdog buffers what follows.
            int[] streams = new int[100];
            for (int i = 0; i < streams.length; i++) {
                streams[i] = client.post("/");
                client.data(streams[i], "x".repeat(16_000), false);
                client.data(streams[i], "x".repeat(16_000), false);
                client.data(streams[i], "x".repeat(16_000), true);
            }
            for (int stream : streams) {
                assertThat(client.head(stream)).contains(":status: 504");
            }
            watchdog.awaitIdle();
            end.countDown();
        }
    }

    /** Proves specification 3.39, 3.41. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Type: a/b\r\nContent-Length: 9\r\n\r\npiece",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n"
            })
    void http2StreamIsResetWhenExecTimeoutExpiresInTheResponseBody(String bytes) throws Exception {
        try (ScriptedFunction function = sending(bytes);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "200ms");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.get("/");
            client.head(stream);
            assertThat(client.next(stream).payload()).isEqualTo("piece");

            assertThat(client.next(stream).type()).isEqualTo(Http2Frames.RST_STREAM);
            assertUpstreamConnectionCloses();
            assertServes(client);
        }
    }

    /** Proves specification 3.41. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 9\r\n\r\npiece",
                "Content-Length: 9\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\nxyz\r\n"
            })
    void http2StreamIsResetWhenTheFunctionBreaksOffInTheResponseBody(String rest) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    boolean ok = connection.readHead().contains(" /ok ");
                    connection.send(ok ? OK : "HTTP/1.1 200 OK\r\n" + rest);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.get("/");
            assertThat(client.head(stream)).contains(":status: 200");
            Http2Frames.Frame frame = client.next(stream);
            if (rest.contains("piece") && frame.type() == Http2Frames.DATA) {
                frame = client.next(stream);
            }

            assertThat(frame.type()).isEqualTo(Http2Frames.RST_STREAM);
            assertServes(client);
        }
    }

    /** Proves specification 3.40. */
    @Test
    void http2StreamIs500WhenTheFunctionBreaksOffBeforeTheResponseHead() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    if (connection.readHead().contains(" /ok ")) {
                        connection.send(OK);
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.get("/");

            assertThat(client.head(stream)).contains(":status: 500", "x-openfaas-internal: of-watchdog");
            assertThat(client.body(stream)).isEmpty();
            assertServes(client);
        }
    }
}
