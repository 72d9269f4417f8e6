package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.undertow.fixture.FullBacklog;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A request that takes longer than {@code exec_timeout} is ended. Proves specification 3.37, 3.38, 3.39. */
class ExecTimeoutTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    private final CountDownLatch upstreamClosed = new CountDownLatch(1);

    /** A function that reads a request head, sends {@code bytes} and waits for the end of the connection. */
    private ScriptedFunction silentAfter(String bytes) throws IOException {
        return ScriptedFunction.serving(connection -> {
            connection.readHead();
            connection.send(bytes);
            try {
                connection.readToEnd();
            } finally {
                upstreamClosed.countDown();
            }
        });
    }

    private void assertUpstreamConnectionCloses() throws InterruptedException {
        assertThat(upstreamClosed.await(15, TimeUnit.SECONDS)).isTrue();
    }

    private static void assertTimedOut(String response) {
        assertThat(response)
                .startsWith("HTTP/1.1 504 Gateway Time-out\r\n")
                .contains("\r\nX-OpenFaaS-Internal: of-watchdog\r\n", "\r\nContent-Length: 0\r\n")
                .containsPattern("\r\nX-Duration-Seconds: \\d+\\.\\d{6}\r\n")
                .endsWith("\r\n\r\n");
    }

    /** Proves specification 3.37. */
    @ParameterizedTest
    @ValueSource(strings = {"", "HTTP/1.1 200 O", "HTTP/1.1 200 OK\r\nX-A: b\r\n", "HTTP/1.1 100 Continue\r\n\r\n"})
    void responseIs504WhenNoResponseHeadArrivesWithinExecTimeout(String bytes) throws Exception {
        try (ScriptedFunction function = silentAfter(bytes);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "100ms");
                RawClient client = watchdog.connect()) {
            assertTimedOut(client.send(GET).readResponse());
            assertUpstreamConnectionCloses();
            watchdog.log().awaitLine("Upstream HTTP request killed due to exec_timeout: 100ms");

            assertTimedOut(client.send(GET).readResponse());
        }
    }

    /** Proves specification 3.37. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 1000000", "Transfer-Encoding: chunked"})
    void responseIs504WhenExecTimeoutExpiresWhileTheRequestBodyArrives(String framing) throws Exception {
        try (ScriptedFunction function = silentAfter("");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "100ms");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\n%s\r\n\r\n5\r\nhello\r\n".formatted(framing));

            String response = client.readResponse();
            assertTimedOut(response);
            assertThat(response).contains("\r\nConnection: close\r\n");
            assertThat(client.closedByPeer()).isTrue();
            assertUpstreamConnectionCloses();
        }
    }

    /** Proves specification 3.37. */
    @Test
    void responseIs504WhenExecTimeoutExpiresInAnUploadThatTheFunctionDoesNotRead() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    end.await();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "300ms");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999999999\r\n\r\n");
            CompletableFuture<Void> sending =
                    CompletableFuture.runAsync(() -> client.sendTimes(new byte[1 << 16], 1 << 20));

            assertTimedOut(client.readResponse());
            assertThat(sending).failsWithin(java.time.Duration.ofSeconds(15));
            watchdog.awaitIdle();
            end.countDown();
        }
    }

    /** Proves specification 3.37. */
    @Test
    void responseIs504WhenTheFunctionNeverAcceptsTheConnection() throws Exception {
        try (ServerSocket notAccepting = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                FullBacklog full = FullBacklog.of(notAccepting);
                RunningWatchdog watchdog =
                        RunningWatchdog.startedInFrontOf(full.port(), "exec_timeout", "100ms", "startup_wait", "0");
                RawClient client = watchdog.connect()) {
            assertTimedOut(client.send(GET).readResponse());
            assertTimedOut(client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab")
                    .readResponse());
            watchdog.awaitIdle();
        }
    }

    /** Proves specification 3.38. */
    @ParameterizedTest
    @CsvSource({"100ms, 1h", "0.1s, 1h", "100000us, 30s"})
    void xTimeoutShortensTheExecTimeoutOfItsOwnRequest(String xTimeout, String execTimeout) throws Exception {
        CountDownLatch timedOut = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    if (connection.readHead().contains("/short ")) {
                        connection.closedByPeer();
                    } else {
                        timedOut.await();
                        connection.send(OK);
                        connection.closedByPeer();
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", execTimeout);
                RawClient other = watchdog.connect();
                RawClient client = watchdog.connect()) {
            other.send(GET);
            client.send("GET /short HTTP/1.1\r\nHost: h\r\nX-Timeout: %s\r\n\r\n".formatted(xTimeout));

            assertTimedOut(client.readResponse());
            watchdog.log().awaitLine("Upstream HTTP request killed due to exec_timeout: 100ms");
            timedOut.countDown();
            assertThat(other.readResponse()).startsWith("HTTP/1.1 200 ");
        }
    }

    /** Proves specification 3.38. */
    @ParameterizedTest
    @CsvSource({"1h, 100ms", "0s, 100ms", "-1s, 100ms", "9999, 100ms", "soon, 100ms", "'', 100ms"})
    void xTimeoutNeverProlongsARequestBeyondExecTimeout(String xTimeout, String execTimeout) throws Exception {
        try (ScriptedFunction function = silentAfter("");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", execTimeout);
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Timeout: %s\r\n\r\n".formatted(xTimeout));

            assertTimedOut(client.readResponse());
        }
    }

    /** Proves specification 3.38. */
    @ParameterizedTest
    @CsvSource({"10ms, 0", "0s, 1h", "-1ms, 1h", "1, 1h", "0, 1h", "x, 1h"})
    void xTimeoutIsIgnoredWhenItIsInvalidOrExecTimeoutIs0(String xTimeout, String execTimeout) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    // Longer than each of these values: a timeout that was not ignored would have expired.
                    never.await(150, TimeUnit.MILLISECONDS);
                    connection.send(OK);
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", execTimeout);
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Timeout: %s\r\n\r\n".formatted(xTimeout));

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ");
        }
    }

    /** Proves specification 3.39, 3.41. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 9\r\n\r\npiece",
                "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n",
                "Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n",
                "X-Until: close\r\n\r\npiece"
            })
    void responseThatHasBegunIsBrokenOffWhenExecTimeoutExpires(String rest) throws Exception {
        try (ScriptedFunction function = silentAfter("HTTP/1.1 200 OK\r\n" + rest);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "200ms");
                RawClient client = watchdog.connect()) {
            client.send(GET).readHead();
            assertThat(client.readToEnd()).contains("piece").doesNotContain("\r\n0\r\n");
            assertUpstreamConnectionCloses();
        }
    }

    /** Proves specification 3.39, 3.41. */
    @Test
    void http10ConnectionIsResetWhenExecTimeoutExpiresInTheResponseBody() throws Exception {
        try (ScriptedFunction function =
                        silentAfter("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "200ms");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.0\r\n\r\n");
            assertThat(client.readUntil("piece")).startsWith("HTTP/1.0 200 OK\r\n");
            assertThatThrownBy(client::readToEnd).isInstanceOf(SocketException.class);
            assertUpstreamConnectionCloses();
        }
    }

    /** Proves specification 1.18 for an {@code exec_timeout} longer than {@code write_timeout}. */
    @Test
    void responseIs504AlthoughWriteTimeoutIsShorterThanExecTimeout() throws Exception {
        try (ScriptedFunction function = silentAfter("");
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "exec_timeout", "300ms", "write_timeout", "50ms");
                RawClient client = watchdog.connect()) {
            assertTimedOut(client.send(GET).readResponse());
        }
    }
}
