package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A client that waits for a 100 gets it when the function wants the body. Proves specification 3.20, 3.21, 3.22. */
class ExpectContinueTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
    private static final String HEAD =
            "POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\n";

    /** Proves specification 3.21. */
    @ParameterizedTest
    @CsvSource({"Content-Length: 2, ab", "Transfer-Encoding: chunked, 2|ab|0||"})
    void theClientGetsThe100OfTheFunctionAndThenSendsTheBody(String framing, String body) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        assertThat(connection.readHead()).contains("\r\nExpect: 100-continue\r\n");
                        connection.send(CONTINUE);
                        connection.readUntil(framing.startsWith("C") ? "ab" : "0\r\n\r\n");
                        connection.send(OK);
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\n" + framing + "\r\n\r\n");
                assertThat(client.readHead()).isEqualTo(CONTINUE);
                client.send(body.replace("|", "\r\n"));
                assertThat(client.readResponse())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .endsWith("hi")
                        .doesNotContain("Connection: close");
            }
        }
    }

    /** Proves specification 3.21. */
    @Test
    void anHttp2ClientGetsThe100OfTheFunctionAndThenSendsTheBody() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    assertThat(connection.readHead()).contains("\r\nExpect: 100-continue\r\n");
                    connection.send(CONTINUE);
                    connection.readUntil("0\r\n\r\n");
                    connection.send(OK);
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/", "expect: 100-continue");
            assertThat(client.head(stream)).containsExactly(":status: 100");
            client.data(stream, "ab", true);

            assertThat(client.head(stream)).contains(":status: 200");
            assertThat(client.body(stream)).isEqualTo("hi");
        }
    }

    /** Proves specification 3.22. */
    @Test
    void theWatchdogSendsThe100WhenTheFunctionStaysSilentForASecondAndDropsALaterOne() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.read(2);
                    connection.send(CONTINUE + OK);
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            long start = System.nanoTime();
            client.send(HEAD);
            assertThat(client.readHead()).isEqualTo(CONTINUE);
            assertThat(System.nanoTime() - start).isBetween(1_000_000_000L, 5_000_000_000L);
            client.send("ab");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("hi");
        }
    }

    /** Proves specification 3.29. */
    @Test
    void aSecond100OfTheFunctionIsDropped() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(CONTINUE + CONTINUE);
                    connection.read(2);
                    connection.send(OK);
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(HEAD);
            assertThat(client.readHead()).isEqualTo(CONTINUE);
            client.send("ab");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("hi");
        }
    }

    /** Proves specification 3.21. */
    @Test
    void aRefusalOfTheFunctionReachesAClientThatWaitsFor100WithoutOne() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(HEAD);

            assertThat(client.readToEnd())
                    .startsWith("HTTP/1.1 413 Too Large\r\n")
                    .contains("\r\nConnection: close\r\n")
                    .endsWith("big");
        }
    }

    /** Proves specification 3.21. */
    @Test
    void aRefusalOfTheFunctionReachesAnHttp2ClientThatWaitsFor100WithoutOne() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig");
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/", "expect: 100-continue");

            assertThat(client.head(stream)).contains(":status: 413");
            assertThat(client.body(stream)).isEqualTo("big");
        }
    }

    /** Proves specification 3.45. */
    @Test
    void aClientThatDisconnectsWhileItWaitsFor100EndsTheRequestToTheFunction() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    if (connection.closedByPeer()) {
                        ended.countDown();
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            try (RawClient client = watchdog.connect()) {
                client.send(HEAD);
                Polling.until(Duration.ofSeconds(15), () -> watchdog.metric("http_requests_in_flight") == 1);
            }

            assertThat(ended.await(15, TimeUnit.SECONDS)).isTrue();
            watchdog.awaitIdle();
        }
    }

    /** Proves specification 3.20. */
    @Test
    void theWatchdogSendsThe100ItselfWhereItBuffersTheBody() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    assertThat(connection.readHead()).doesNotContainIgnoringCase("expect");
                    connection.read(2);
                    connection.send(OK);
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "http_buffer_req_body", "true");
                RawClient client = watchdog.connect()) {
            client.send(HEAD);
            assertThat(client.readHead()).isEqualTo(CONTINUE);
            client.send("ab");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("hi");
        }
    }

    /** Proves specification 3.20. */
    @Test
    void no100IsSentWhenTheBodyHasBegunToArrive() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab");

            assertThat(client.readUntil("hi")).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nhi");
        }
    }

    /** Proves specification 3.20. */
    @Test
    void no100IsSentToAnHttp10Client() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab");

            assertThat(client.readToEnd()).startsWith("HTTP/1.0 200 OK\r\n").endsWith("hi");
        }
    }

    /** Proves specification 3.46. */
    @Test
    void responseThatDoesNotWaitForTheExpectedBodyIsForwarded() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig");
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n");

            String received = client.readUntil("big");

            assertThat(received.replace(CONTINUE, "")).startsWith("HTTP/1.1 413 Too Large\r\n");
        }
    }

    /** Proves specification 3.20. */
    @Test
    void requestThatExpects100AndIsRefusedGetsThe429Without100() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                RawClient first = watchdog.connect();
                RawClient client = watchdog.connect()) {
            first.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n");
            Polling.until(Duration.ofSeconds(15), () -> watchdog.metric("http_requests_in_flight") == 1);

            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n");

            assertThat(client.readHead()).startsWith("HTTP/1.1 429 ");
        }
    }
}
