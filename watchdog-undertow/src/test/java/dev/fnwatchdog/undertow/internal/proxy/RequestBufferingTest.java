package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * With {@code http_buffer_req_body} the whole body is read first and sent with its length. Proves specification 3.19,
 * 3.20, 7.20.
 */
class RequestBufferingTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    private final CountDownLatch received = new CountDownLatch(1);
    private volatile String head = "";
    private volatile String body = "";
    private final ScriptedFunction function;

    RequestBufferingTest() throws Exception {
        function = ScriptedFunction.serving(connection -> {
            while (true) {
                head = connection.readHead();
                received.countDown();
                body = connection.read(RawClient.contentLength(head));
                connection.send(OK);
            }
        });
    }

    private RunningWatchdog buffering(String... more) throws Exception {
        String[] settings = new String[more.length + 2];
        settings[0] = "http_buffer_req_body";
        settings[1] = "true";
        System.arraycopy(more, 0, settings, 2, more.length);
        return RunningWatchdog.inFrontOf(function, settings);
    }

    @AfterEach
    void closeFunction() throws Exception {
        function.close();
    }

    /** Proves specification 3.19. */
    @Test
    void bufferedChunkedBodyIsForwardedWithContentLength() throws Exception {
        try (RunningWatchdog watchdog = buffering();
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n"
                        + "2\r\nab\r\n3\r\ncde\r\n0\r\nX-T: 1\r\n\r\n");

                assertThat(client.readResponse()).endsWith("hi");
                assertThat(head)
                        .contains("\r\nContent-Length: 5\r\n", "\r\nX-A: b\r\n")
                        .doesNotContainIgnoringCase("transfer-encoding");
                assertThat(body).isEqualTo("abcde");
            }
        }
    }

    /** Proves specification 3.19. */
    @Test
    void bufferedEmptyChunkedBodyIsForwardedWithContentLength0() throws Exception {
        try (RunningWatchdog watchdog = buffering();
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

            assertThat(client.readResponse()).endsWith("hi");
            assertThat(head).contains("\r\nContent-Length: 0\r\n").doesNotContainIgnoringCase("transfer-encoding");
        }
    }

    /** Proves specification 3.19. */
    @Test
    void functionGetsABufferedRequestOnlyWhenItsBodyIsComplete() throws Exception {
        try (RunningWatchdog watchdog = buffering();
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
            assertThat(received.await(100, TimeUnit.MILLISECONDS)).isFalse();
            client.send("cde");

            assertThat(client.readResponse()).endsWith("hi");
            assertThat(body).isEqualTo("abcde");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void bodyOfMegabytesIsBufferedAndForwardedWithContentLength(boolean chunked) throws Exception {
        byte[] piece = new byte[100_000];
        try (RunningWatchdog watchdog = buffering();
                RawClient client = watchdog.connect()) {
            for (int round = 0; round < 2; round++) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\n%s\r\n\r\n"
                        .formatted(chunked ? "Transfer-Encoding: chunked" : "Content-Length: 3000000"));
                for (int i = 0; i < 30; i++) {
                    client.send(chunked ? "186a0\r\n" : "").send(piece).send(chunked ? "\r\n" : "");
                }
                client.send(chunked ? "0\r\n\r\n" : "");

                assertThat(client.readResponse()).endsWith("hi");
                assertThat(head).contains("\r\nContent-Length: 3000000\r\n");
                assertThat(body).hasSize(3_000_000);
            }
        }
    }

    /** Proves specification 9.5. */
    @Test
    void requestsPipelinedBehindABufferedBodyAreServed() throws Exception {
        try (RunningWatchdog watchdog = buffering();
                RawClient client = watchdog.connect()) {
            client.send("POST /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
                    + "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nbGET /3 HTTP/1.1\r\nHost: h\r\n\r\n");

            for (int i = 0; i < 3; i++) {
                assertThat(client.readResponse()).endsWith("hi");
            }
            assertThat(head).startsWith("GET /3 HTTP/1.1\r\n").doesNotContain("Content-Length");
        }
    }

    /** Proves specification 3.20. */
    @Test
    void clientThatExpects100GetsItWhenItsBodyIsBuffered() throws Exception {
        try (RunningWatchdog watchdog = buffering();
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n");
            assertThat(client.readHead()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            client.send("2\r\nab\r\n0\r\n\r\n");

            assertThat(client.readResponse()).endsWith("hi");
            assertThat(body).isEqualTo("ab");
        }
    }

    /** Proves specification 3.20. */
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 2\r\n\r\nab", "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"})
    void expectIsNotForwardedWhenTheBodyIsBuffered(String framingAndBody) throws Exception {
        try (RunningWatchdog watchdog = buffering();
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nX-A: b\r\n" + framingAndBody);

            assertThat(client.readUntil("hi")).contains("HTTP/1.1 200 OK\r\n");
            assertThat(head).contains("\r\nX-A: b\r\n").doesNotContainIgnoringCase("expect");
            assertThat(body).isEqualTo("ab");
        }
    }

    /** Proves specification 3.37. */
    @Test
    void responseIs504WhenExecTimeoutExpiresWhileABodyIsBuffered() throws Exception {
        try (RunningWatchdog watchdog = buffering("exec_timeout", "100ms");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 504 ").contains("\r\nConnection: close\r\n");
            assertThat(client.closedByPeer()).isTrue();
            assertThat(function.connections()).isZero();
        }
    }

    /** Proves specification 1.17. */
    @Test
    void responseIs408WhenReadTimeoutExpiresWhileABodyIsBuffered() throws Exception {
        try (RunningWatchdog watchdog = buffering("read_timeout", "200ms");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 408 ");
            assertThat(client.closedByPeer()).isTrue();
            assertThat(function.connections()).isZero();
        }
    }

    /** Proves specification 7.20. */
    @Test
    void bufferedBodyWhoseLengthExceedsTheBudgetIs413BeforeItIsSent() throws Exception {
        try (RunningWatchdog watchdog = buffering();
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 999999999999999\r\n\r\nab");

            assertThat(client.readResponse())
                    .startsWith("HTTP/1.1 413 ")
                    .contains("\r\nX-OpenFaaS-Internal: of-watchdog\r\n", "\r\nConnection: close\r\n");
            assertThat(client.closedByPeer()).isTrue();
            assertThat(function.connections()).isZero();
        }
    }

    /** Proves specification 7.20. */
    @Test
    void bufferedChunkedBodyIs413OnceItExceedsTheBudget() throws Exception {
        long half = Runtime.getRuntime().maxMemory() / 2;
        try (RunningWatchdog watchdog = buffering("read_timeout", "1m");
                RawClient large = watchdog.connect();
                RawClient client = watchdog.connect()) {
            // Reserves almost the whole budget by its length alone.
            large.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n".formatted(half - 1_000_000));
            Polling.until(java.time.Duration.ofSeconds(15), () -> watchdog.metric("http_requests_in_flight") == 1);

            client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n200000\r\n");
            client.send(new byte[0x1ff000]);
            assertThat(client.readResponse()).startsWith("HTTP/1.1 413 ");

            large.close();
            Polling.until(java.time.Duration.ofSeconds(15), () -> watchdog.metric("http_requests_in_flight") == 0);
            try (RawClient next = watchdog.connect()) {
                next.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2000000\r\n\r\n");
                next.send(new byte[2_000_000]);
                assertThat(next.readResponse()).endsWith("hi");
            }
        }
    }

    /** Proves specification 3.19. */
    @Test
    void clientThatDisconnectsInABufferedBodyCausesNoRequestToTheFunction() throws Exception {
        try (RunningWatchdog watchdog = buffering("max_inflight", "1")) {
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab");
                Polling.until(java.time.Duration.ofSeconds(15), () -> watchdog.metric("http_requests_in_flight") == 1);
            }
            watchdog.awaitIdle();
            assertThat(function.connections()).isZero();
        }
    }

    /** Proves specification 7.17. */
    @Test
    void malformedChunkOfABufferedBodyIs400AndIsNotForwarded() throws Exception {
        try (RunningWatchdog watchdog = buffering();
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nxyz\r\n");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 400 ");
            assertThat(function.connections()).isZero();
        }
    }
}
