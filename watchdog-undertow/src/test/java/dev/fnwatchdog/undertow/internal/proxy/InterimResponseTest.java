package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Interim responses of the function reach the client before the final one. Proves specification 3.30. */
class InterimResponseTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final String HINTS = "HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n";

    private static ScriptedFunction sendsHintsThenWaits(String hints, CountDownLatch hintsRead) throws Exception {
        return ScriptedFunction.serving(connection -> {
            while (true) {
                connection.readHead();
                connection.send(hints);
                hintsRead.await();
                connection.send(OK);
            }
        });
    }

    @Test
    void earlyHintsReachAnHttp11ClientWhileTheFunctionStillWorks() throws Exception {
        CountDownLatch hintsRead = new CountDownLatch(1);
        try (ScriptedFunction function = sendsHintsThenWaits(HINTS + "\r\n", hintsRead);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readHead()).isEqualTo(HINTS + "\r\n");
            hintsRead.countDown();

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("hi");
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readHead()).isEqualTo(HINTS + "\r\n");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("hi");
        }
    }

    @Test
    void earlyHintsReachAnHttp2ClientWhileTheFunctionStillWorks() throws Exception {
        CountDownLatch hintsRead = new CountDownLatch(1);
        try (ScriptedFunction function = sendsHintsThenWaits(HINTS + "\r\n", hintsRead);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.get("/");
            assertThat(client.head(stream)).containsExactly(":status: 103", "link: </a>; rel=preload");
            hintsRead.countDown();

            assertThat(client.head(stream)).contains(":status: 200", "content-length: 2");
            assertThat(client.body(stream)).isEqualTo("hi");
        }
    }

    /** Proves specification 3.40. */
    @Test
    void theResponseIs500WhenTheFunctionClosesAfterItsEarlyHints() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(HINTS + "\r\n");
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readHead()).isEqualTo(HINTS + "\r\n");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 500 Internal Server Error\r\n");
        }
    }

    @Test
    void earlyHintsAreNotSentToAnHttp10Client() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(HINTS + "\r\n" + OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.0\r\n\r\n");

            assertThat(client.readToEnd())
                    .startsWith("HTTP/1.0 200 OK\r\n")
                    .endsWith("hi")
                    .doesNotContain("Link");
        }
    }

    /** Proves specification 3.14. */
    @Test
    void hopByHopFieldsOfEarlyHintsAreNotForwarded() throws Exception {
        String hints = HINTS + "Connection: X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\n\r\n";
        try (ScriptedFunction function = ScriptedFunction.respondingWith(hints + OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readHead()).isEqualTo(HINTS + "\r\n");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("hi");
        }
    }

    /** Proves specification 3.21. */
    @Test
    void theContinueBehindHintsThatTheClientHasNotReadIsNotDropped() throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.sendTimes((HINTS + "\r\n").repeat(100).getBytes(StandardCharsets.ISO_8859_1), 1000);
                    connection.send("HTTP/1.1 100 Continue\r\n\r\n");
                    sent.countDown();
                    connection.read(2);
                    connection.send(OK);
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client =
                        RawClient.withSmallReceiveBuffer(InetAddress.getLoopbackAddress(), watchdog.port())) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(sent.await(20, TimeUnit.SECONDS)).isTrue();

            String head = client.readHead();
            while (head.equals(HINTS + "\r\n")) {
                head = client.readHead();
            }
            assertThat(head).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            client.send("ab");
            // The watchdog may have sent the 100 itself, after a second, and before the last hints.
            do {
                head = client.readHead();
            } while (head.equals(HINTS + "\r\n"));
            assertThat(head).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void thousandsOfHintsToAClientThatDoesNotReadAreWholeOrDropped() throws Exception {
        int hints = 100_000;
        CountDownLatch sent = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.sendTimes(
                            (HINTS + "\r\n").repeat(100).getBytes(StandardCharsets.ISO_8859_1), hints / 100);
                    connection.send(OK);
                    sent.countDown();
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client =
                        RawClient.withSmallReceiveBuffer(InetAddress.getLoopbackAddress(), watchdog.port())) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(sent.await(20, TimeUnit.SECONDS)).isTrue();

            int received = 0;
            String head = client.readHead();
            while (head.startsWith("HTTP/1.1 103")) {
                assertThat(head).isEqualTo(HINTS + "\r\n");
                received++;
                head = client.readHead();
            }

            assertThat(head).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(client.read(2)).isEqualTo("hi");
            assertThat(received).isBetween(1, hints);
        }
    }
}
