package dev.fnwatchdog.undertow.internal.invocation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** An answer has to be out within write_timeout, from its first byte to its last (contract 1 and 7). */
class WriteTimeoutTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private static void sendUntilClosed(RawClient connection, String piece, CountDownLatch closed) {
        try {
            while (true) {
                connection.send(piece);
            }
        } catch (IOException broken) {
            closed.countDown();
        }
    }

    @Test
    void breaksOffTheAnswerOfAClientThatStopsReading() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        long length = 1L << 40;
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
                    sendUntilClosed(connection, "x".repeat(64 * 1024), closed);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "200ms");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 OK\r\n");

            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(watchdog.log().awaitLine("GET / - 200")).isNotEmpty();
            Polling.until(PATIENCE, () -> watchdog.metrics().contains("http_requests_in_flight 0\n"));
        }
    }

    @Test
    void breaksOffAnAnswerWithoutAnEnd() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                            + "Transfer-Encoding: chunked\r\n\r\n");
                    Polling.until(PATIENCE, () -> {
                        try {
                            connection.send("8\r\ndata: 1\n\r\n");
                            return false;
                        } catch (IOException broken) {
                            closed.countDown();
                            return true;
                        }
                    });
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "200ms");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readUntilClosedOrReset())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("data: 1")
                    .doesNotContain("\r\n0\r\n");
            assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Each answer is one write, which takes all of it or, once the client has let too many pile up, a part. */
    @Test
    void breaksOffAClientThatAsksAndAsksAndNeverReads() throws Exception {
        int calls = 1_500;
        int length = 15 * 1024;
        String answer = "HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n" + "x".repeat(length);
        try (ScriptedFunction function = ScriptedFunction.respondingWith(answer);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "200ms");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n".repeat(calls));
            long[] served = {-1};
            Polling.until(PATIENCE, () -> {
                long before = served[0];
                served[0] = watchdog.log().lines().stream()
                        .filter(line -> line.contains("GET / - 200"))
                        .count();
                long begin = System.nanoTime();
                Polling.until(
                        PATIENCE,
                        () -> System.nanoTime() - begin > Duration.ofMillis(400).toNanos());
                return before == served[0];
            });

            assertThat(served[0]).isLessThan(calls);
            assertThat(client.readUntilClosedOrReset().length()).isLessThan(calls * length);
        }
    }

    @Test
    void leavesAFunctionThatThinksToItsExecTimeout() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(RawClient::readToEnd);
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "write_timeout", "100ms", "exec_timeout", "400ms");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readHead()).startsWith("HTTP/1.1 504 ");
        }
    }

    @Test
    void letsAnAnswerPassThatIsOutInTime() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        connection.readHead();
                        connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "200ms");
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.readUntil("\r\n0\r\n\r\n")).contains("hi");
                long begin = System.nanoTime();
                Polling.until(
                        PATIENCE,
                        () -> System.nanoTime() - begin > Duration.ofMillis(250).toNanos());
            }
        }
    }
}
