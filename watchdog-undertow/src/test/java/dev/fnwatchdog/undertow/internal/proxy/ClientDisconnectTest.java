package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FullBacklog;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client disconnects: the upstream connection is closed and the permit released. Proves specification 3.45, 7.2. */
class ClientDisconnectTest {
    private static final long SECONDS_AT_MOST = 3;
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch upstreamClosed = new CountDownLatch(1);

    /** A function that reads a request head, sends {@code bytes} and waits for the end of the connection. */
    private ScriptedFunction sending(String bytes) throws IOException {
        return ScriptedFunction.serving(connection -> {
            connection.readHead();
            connection.send(bytes);
            reached.countDown();
            try {
                connection.readToEnd();
            } finally {
                upstreamClosed.countDown();
            }
        });
    }

    private void assertUpstreamConnectionCloses() throws InterruptedException {
        assertThat(upstreamClosed.await(SECONDS_AT_MOST, TimeUnit.SECONDS)).isTrue();
    }

    private static void assertPermitIsReleased(RunningWatchdog watchdog) throws Exception {
        watchdog.awaitIdle();
        watchdog.log().awaitLine(" - ContentLength: ");
        assertThat(watchdog.metric("watchdog_upstream_connections")).isZero();
    }

    private void awaitReached() throws InterruptedException {
        assertThat(reached.await(15, TimeUnit.SECONDS)).isTrue();
    }

    /** Proves specification 3.45, 7.2. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                GET,
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab",
                "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab",
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
                "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n",
                "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n",
                GET + GET,
                GET + "GET / HT",
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab" + GET,
                "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n" + GET,
                GET + "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9000\r\n\r\n0123456789"
            })
    void disconnectBeforeTheResponseClosesTheUpstreamConnectionAndReleasesThePermit(String sent) throws Exception {
        try (ScriptedFunction function = sending("");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1")) {
            try (RawClient client = watchdog.connect()) {
                client.send(sent);
                awaitReached();
            }
            assertUpstreamConnectionCloses();
            assertPermitIsReleased(watchdog);
        }
    }

    @Test
    void resetBeforeTheResponseClosesTheUpstreamConnectionAndReleasesThePermit() throws Exception {
        try (ScriptedFunction function = sending("");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            client.send(GET);
            awaitReached();
            client.reset();

            assertUpstreamConnectionCloses();
            assertPermitIsReleased(watchdog);
        }
    }

    @Test
    void disconnectAfterAPipelinedRequestClosesTheUpstreamConnectionAndReleasesThePermit() throws Exception {
        try (ScriptedFunction function = sending("");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            client.send(GET);
            awaitReached();
            client.send(GET);
            client.send("GET /second HTTP/1.1\r\nHost: h\r\n");
            client.socket().close();

            assertUpstreamConnectionCloses();
            assertPermitIsReleased(watchdog);
        }
    }

    /** Proves specification 3.45. */
    @ParameterizedTest
    @ValueSource(
            strings = {"Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"})
    void disconnectAfterABufferedBodyClosesTheUpstreamConnectionAndReleasesThePermit(String body) throws Exception {
        try (ScriptedFunction function = sending("");
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "max_inflight", "1", "http_buffer_req_body", "true");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\n" + body);
            awaitReached();
            client.socket().close();

            assertUpstreamConnectionCloses();
            assertPermitIsReleased(watchdog);
        }
    }

    /** Proves specification 3.45, 7.2. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 9\r\n\r\n",
                "Content-Length: 9\r\n\r\npiece",
                "Transfer-Encoding: chunked\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n",
                "Transfer-Encoding: chunked\r\n\r\n9\r\npiece",
                "X-Until: close\r\n\r\npiece"
            })
    void disconnectDuringTheResponseClosesTheUpstreamConnectionAndReleasesThePermit(String rest) throws Exception {
        try (ScriptedFunction function = sending("HTTP/1.1 200 OK\r\nContent-Type: a/b\r\n" + rest);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1")) {
            try (RawClient client = watchdog.connect()) {
                client.send(GET).readHead();
            }
            assertUpstreamConnectionCloses();
            assertPermitIsReleased(watchdog);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1000000000\r\n\r\n", "X-Until: close\r\n\r\n"})
    void disconnectWhileAResponseIsBlockedClosesTheUpstreamConnectionAndReleasesThePermit(String rest)
            throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\n" + rest);
                    connection.sendUntilBlocked(64 << 20);
                    reached.countDown();
                    try {
                        connection.sendTimes(new byte[1 << 16], 1 << 12);
                    } finally {
                        upstreamClosed.countDown();
                    }
                });
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "max_inflight", "1", "write_timeout", "1m")) {
            try (RawClient client = watchdog.connect()) {
                client.send(GET).readHead();
                awaitReached();
            }
            assertUpstreamConnectionCloses();
            assertPermitIsReleased(watchdog);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 1000000000\r\n\r\n",
                // One chunk of 1 GB.
                "Transfer-Encoding: chunked\r\n\r\n3b9aca00\r\n"
            })
    void resetDuringAnUploadThatTheFunctionDoesNotReadReleasesThePermit(String framing) throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    end.await();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1")) {
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\n" + framing);
                client.sendUntilBlocked(64 << 20);
                // The FIN of an ordinary close would wait behind the unread bytes, even in the client's own system.
                client.reset();
            }
            assertPermitIsReleased(watchdog);
            end.countDown();
        }
    }

    @Test
    void disconnectWhileBothSidesSendClosesTheUpstreamConnectionAndReleasesThePermit() throws Exception {
        try (ScriptedFunction function = sending("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1")) {
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
                client.readUntil("ab");
            }
            assertUpstreamConnectionCloses();
            assertPermitIsReleased(watchdog);
        }
    }

    /** Proves specification 3.45. */
    @Test
    void halfCloseByTheClientCountsAsADisconnect() throws Exception {
        try (ScriptedFunction function = sending("");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            client.send(GET);
            awaitReached();
            client.socket().shutdownOutput();

            assertUpstreamConnectionCloses();
            assertPermitIsReleased(watchdog);
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @Test
    void disconnectBeforeTheUpstreamConnectionIsEstablishedEndsTheRequest() throws Exception {
        try (ServerSocket notAccepting = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                FullBacklog full = FullBacklog.of(notAccepting);
                RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(full.port(), "startup_wait", "0")) {
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n");
                Polling.until(
                        Duration.ofSeconds(SECONDS_AT_MOST), () -> watchdog.metric("http_requests_in_flight") == 1);
                client.reset();
            }
            full.acceptAll();

            assertPermitIsReleased(watchdog);
        }
    }
}
