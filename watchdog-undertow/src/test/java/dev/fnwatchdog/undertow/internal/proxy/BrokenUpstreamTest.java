package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A function that cannot be reached, breaks off, or sends something that is not HTTP. Proves specification 3.32, 3.33,
 * 3.35, 3.40, 3.41.
 */
class BrokenUpstreamTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final String CLOSE = "<close>";
    private static final String RESET = "<reset>";

    private static ScriptedFunction function;
    private static RunningWatchdog watchdog;
    private static volatile String response = "";

    @BeforeAll
    static void start() throws Exception {
        function = ScriptedFunction.serving(connection -> {
            while (true) {
                connection.read(RawClient.contentLength(connection.readHead()));
                connection.send(response.replace(CLOSE, "").replace(RESET, ""));
                if (response.endsWith(RESET)) {
                    connection.reset();
                }
                if (response.endsWith(CLOSE)) {
                    return;
                }
            }
        });
        watchdog = RunningWatchdog.inFrontOf(function);
    }

    @AfterAll
    static void stop() throws Exception {
        watchdog.close();
        function.close();
    }

    private static void assertFailed(String received) {
        assertThat(received)
                .startsWith("HTTP/1.1 500 Internal Server Error\r\n")
                .contains("\r\nX-OpenFaaS-Internal: of-watchdog\r\n", "\r\nContent-Length: 0\r\n")
                .containsPattern("\r\nX-Duration-Seconds: \\d+\\.\\d{6}\r\n")
                .endsWith("\r\n\r\n");
    }

    /** Proves specification 3.32, 3.33, 3.40, and 3.36 for a 101 that the client did not ask for. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                CLOSE,
                RESET,
                "H" + CLOSE,
                "HTTP/1.1 200 OK\r\nContent-Le" + CLOSE,
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + RESET,
                "HTTP/1.1 100 Continue\r\n\r\n" + CLOSE,
                "hello, world\r\n\r\n",
                "\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 O\rK\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: b\0c\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length\t: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length:\r\n 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n \r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n 0\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length\013: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent- Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\ntransfer-encoding : chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\0Transfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n \r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\n folded\r\nContent-Length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: b\r\n fol\0ded\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nno colon\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\nx",
                "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"
            })
    void responseIs500WhenTheFunctionSendsNoValidHead(String fromFunction) throws Exception {
        try (RawClient client = watchdog.connect()) {
            response = fromFunction;
            assertFailed(client.send(GET).readResponse());
            assertFailed(client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab")
                    .readResponse());

            response = OK;
            assertThat(client.send(GET).readResponse())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("\r\n\r\nhi");
        }
    }

    /** Proves specification 3.32. */
    @Test
    void responseIs500WhenTheFunctionsHeadExceeds1MiBOrItsStatusLine8KiB() throws Exception {
        try (RawClient client = watchdog.connect()) {
            response = "HTTP/1.1 200 OK\r\nX-Long: " + "x".repeat(1 << 20) + "\r\nContent-Length: 0\r\n\r\n" + CLOSE;
            assertFailed(client.send(GET).readResponse());

            response = "HTTP/1.1 200 " + "x".repeat(100_000) + "\r\nContent-Length: 0\r\n\r\n" + CLOSE;
            assertFailed(client.send(GET).readResponse());
        }
    }

    /** Proves specification 3.32. */
    @Test
    void responseIs500WhenTheFunctionSendsMoreThan127FieldsOfOneName() throws Exception {
        try (RawClient client = watchdog.connect()) {
            response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + "X-A: b\r\n".repeat(127) + "\r\nhi";
            assertThat(client.send(GET).readResponse())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .satisfies(forwarded -> assertThat(forwarded.lines().filter("X-A: b"::equals))
                            .hasSize(127))
                    .endsWith("\r\n\r\nhi");

            response = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + "X-A: b\r\n".repeat(128) + "\r\nhi";
            assertFailed(client.send(GET).readResponse());
            watchdog.log().awaitLine("more than 127 header lines have the same name");

            response = OK;
            assertThat(client.send(GET).readResponse()).endsWith("\r\n\r\nhi");
        }
    }

    /** Proves specification 3.40. */
    @Test
    void responseIs500WhenNothingListensOnTheUpstreamPort() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        try (RunningWatchdog alone = RunningWatchdog.startedInFrontOf(port, "startup_wait", "0");
                RawClient client = alone.connect()) {
            for (int i = 0; i < 3; i++) {
                assertFailed(client.send(GET).readResponse());
                assertFailed(client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab")
                        .readResponse());
            }
            alone.log().awaitLine("cannot be reached: Connection refused");
        }
    }

    /** Proves specification 3.35, 3.41. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 9\r\n\r\npiece" + CLOSE,
                "Content-Length: 9\r\n\r\npiece" + RESET,
                "Content-Length: 9\r\n\r\n" + CLOSE,
                "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n" + CLOSE,
                "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n" + RESET,
                "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n0\r\n" + CLOSE,
                "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n0\r\nX-T" + CLOSE,
                "Transfer-Encoding: chunked\r\n\r\n9\r\npiece" + CLOSE,
                "Transfer-Encoding: chunked\r\n\r\n" + CLOSE,
                "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\nxyz\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\npieces\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n-1\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n10000000000000000\r\n",
                "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n0\r\nbad trailer\r\n\r\n",
                "X-Until: close\r\n\r\npiece" + RESET
            })
    void responseBodyThatBreaksOffReachesTheClientAsIncomplete(String rest) throws Exception {
        response = "HTTP/1.1 200 OK\r\n" + rest;
        try (RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readHead()).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(client.readToEnd()).hasSizeLessThan(20).doesNotContain("0\r\n\r\n", "X-T", "trailer");
        }
        response = OK;
        try (RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readResponse())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .endsWith("\r\n\r\nhi");
        }
    }

    /** Proves specification 3.41. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n" + CLOSE,
                "X-Until: close\r\n\r\npiece" + RESET,
            })
    void http10ConnectionIsResetWhenTheResponseBodyBreaksOff(String rest) throws Exception {
        response = "HTTP/1.1 200 OK\r\n" + rest;
        try (RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.0\r\n\r\n");

            assertThatThrownBy(client::readToEnd).isInstanceOf(SocketException.class);
        }
    }

    /** Proves specification 3.35. */
    @Test
    void responseWithTrailersLongerThan12KiBIsBrokenOff() throws Exception {
        response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-T: " + "x".repeat(20_000)
                + "\r\n\r\n";
        try (RawClient client = watchdog.connect()) {
            client.send(GET).readHead();

            assertThat(client.readToEnd()).startsWith("02\r\nhi").doesNotContain("X-T");
        }
    }

    @Test
    void watchdogServesAndBecomesIdleAfterMalformedResponses() throws Exception {
        response = OK;
        try (RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readResponse()).endsWith("hi");
        }
        watchdog.awaitIdle();
    }

    /** Proves specification 2.16 for {@code watchdog_upstream_connections}. */
    @Test
    void upstreamConnectionGaugeIs0AfterTheFunctionHasClosedTheConnection() throws Exception {
        // A watchdog of its own: an idle connection of another test would count as well.
        try (ScriptedFunction once = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(OK);
                });
                RunningWatchdog alone = RunningWatchdog.inFrontOf(once);
                RawClient client = alone.connect()) {
            assertThat(client.send(GET).readResponse()).endsWith("hi");

            Polling.until(Duration.ofSeconds(15), () -> alone.metric("watchdog_upstream_connections") == 0);
        }
    }
}
