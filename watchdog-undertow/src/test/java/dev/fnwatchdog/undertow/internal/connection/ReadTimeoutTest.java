package dev.fnwatchdog.undertow.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A whole request has to arrive within {@code read_timeout}, counted from its first byte. Proves specification 1.17,
 * 7.14, 9.18.
 */
class ReadTimeoutTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    private static void pass(Duration time) {
        long begin = System.nanoTime();
        Polling.until(PATIENCE, () -> System.nanoTime() - begin > time.toNanos());
    }

    /** Sends a byte every few milliseconds, until that fails. */
    private static void trickle(RawClient client) {
        Polling.until(PATIENCE, () -> {
            try {
                client.send("a");
                return false;
            } catch (IOException closed) {
                return true;
            }
        });
    }

    /** Proves specification 1.17, 7.14. */
    @Test
    void connectionWhoseHeadStopsInTheMiddleIsClosedAfterReadTimeout() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "read_timeout", "100ms");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n");

            assertThat(client.readToEnd()).isEmpty();
            assertThat(watchdog.metrics()).doesNotContain("http_requests_total{");
        }
    }

    /** Proves specification 7.14. */
    @Test
    void connectionWithASingleByteOfEitherProtocolIsClosedAfterReadTimeout() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "read_timeout", "100ms");
                RawClient client = watchdog.connect()) {
            client.send("P");

            assertThat(client.readToEnd()).isEmpty();
        }
    }

    /**
     * The bytes end in the frame header, behind it, in the field block, or before CONTINUATION. Proves specification
     * 9.18.
     */
    @ParameterizedTest
    @ValueSource(ints = {4, 9, 12, 29})
    void http2ConnectionWhoseHeadStopsInTheMiddleIsClosedAfterReadTimeout(int bytes) throws Exception {
        String settings = "\0\0\0\4\0\0\0\0\0";
        // 20 bytes of a field block, without END_HEADERS.
        String headers = "\0\0\24\1\1\0\0\0\1" + "\0\7:method\3GET\0\5:path\0".substring(0, 20);
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "read_timeout", "100ms");
                RawClient client = watchdog.connect()) {
            client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + settings + headers.substring(0, bytes));

            // The frames that the watchdog sends at the beginning, then the end of the connection.
            assertThat(client.readUntilClosedOrReset()).hasSizeLessThan(200);
        }
    }

    /** Proves specification 9.18. */
    @Test
    void readTimeoutDoesNotEndAnHttp2ConnectionBetweenItsHeads() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "read_timeout", "100ms");
                Http2Client client = Http2Client.on(watchdog.connect())) {
            for (int stream = 1; stream < 6; stream += 2) {
                client.send(Http2Frames.PING, 0, 0, new byte[8]);
                client.awaitPing();
                pass(Duration.ofMillis(150));
                client.get(stream, "/");
                assertThat(client.response(stream)).endsWith("hi");
            }
        }
    }

    /** Proves specification 7.14. */
    @Test
    void headThatTricklesDoesNotProlongReadTimeout() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "read_timeout", "100ms");
                RawClient client = watchdog.connect()) {
            client.send("GET /");

            trickle(client);
        }
    }

    /** Proves specification 1.17. */
    @Test
    void bodyThatStopsInTheMiddleIs408AndTheConnectionCloses() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "read_timeout", "100ms");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel");

            assertThat(client.readToEnd())
                    .startsWith("HTTP/1.1 408 Request Time-out\r\n")
                    .contains("\r\nConnection: close\r\n");
            assertThat(watchdog.log().awaitLine(" - 408")).contains("POST / - 408 ");
            assertThat(watchdog.metrics()).contains("http_requests_total{code=\"408\",method=\"post\"} 1\n");
        }
    }

    /** Proves specification 1.17. */
    @Test
    void bodyThatTricklesDoesNotProlongReadTimeout() throws Exception {
        CountDownLatch broken = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    while (!connection.closedByPeer()) {
                        // more of the body
                    }
                    broken.countDown();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "read_timeout", "100ms");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n");

            trickle(client);
            assertThat(broken.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Proves specification 1.17. */
    @Test
    void readTimeoutIsCountedFromTheFirstByteOfTheHead() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "read_timeout", "5s");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\n");
            pass(Duration.ofSeconds(3));
            long headEnds = System.nanoTime();
            client.send("Host: h\r\nContent-Length: 5\r\n\r\nhel");

            assertThat(client.readHead()).startsWith("HTTP/1.1 408 ");
            assertThat(Duration.ofNanos(System.nanoTime() - headEnds)).isLessThan(Duration.ofSeconds(5));
        }
    }

    /** Proves specification 7.14, 9.4. */
    @Test
    void readTimeoutStartsAgainForEachRequestOfAConnection() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "read_timeout", "300ms");
                RawClient client = watchdog.connect()) {
            for (String target : new String[] {"/_/health", "/_/ready", "/call", "/_/health"}) {
                client.send("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n");
                pass(Duration.ofMillis(400));

                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel");
                Polling.until(PATIENCE, () -> watchdog.metrics().contains("http_requests_in_flight 1\n"));
                client.send("lo");
                assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n");
            }
        }
    }

    /** Proves specification 7.14. */
    @Test
    void readTimeoutDoesNotRunWhileARequestWaitsBehindASlowOne() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    String head = connection.readHead();
                    if (head.startsWith("GET")) {
                        release.await();
                        connection.send(OK);
                        head = connection.readHead();
                    }
                    connection.read(RawClient.contentLength(head));
                    connection.send(OK);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "read_timeout", "300ms");
                RawClient client = watchdog.connect()) {
            client.send(
                    "GET / HTTP/1.1\r\nHost: h\r\n\r\n" + "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel");
            pass(Duration.ofMillis(400));
            release.countDown();

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n");
            client.send("lo");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    /** Proves specification 7.14. */
    @Test
    void readTimeoutAppliesToAHeadThatCameInPartBehindAnotherRequest() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "read_timeout", "100ms");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\nGET /second HTTP/1.1\r\nHo");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    /** Proves specification 1.17. */
    @Test
    void readTimeoutAppliesToABodyThatCameInPartBehindAnotherRequest() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "read_timeout", "100ms");
                RawClient client = watchdog.connect()) {
            client.send(
                    "GET / HTTP/1.1\r\nHost: h\r\n\r\n" + "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 408 ");
        }
    }

    /** Proves specification 1.17. */
    @Test
    void readTimeoutOf0IsNoLimit() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "read_timeout", "0");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\n");
            pass(Duration.ofMillis(150));
            client.send("Host: h\r\nContent-Length: 5\r\n\r\nhel");
            pass(Duration.ofMillis(150));
            client.send("lo");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }
}
