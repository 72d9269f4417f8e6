package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A request is sent to the function at most once, with two exceptions. Proves specification 3.42, 3.43. */
class RetryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(15);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    private final Queue<String> requests = new ConcurrentLinkedQueue<>();

    /**
     * A function that responds to the first request of a connection; after the second one it sends {@code before} and
     * closes.
     */
    private ScriptedFunction endingSecondRequests(String before) throws Exception {
        return ScriptedFunction.serving(connection -> {
            requests.add(request(connection));
            connection.send(OK);
            requests.add(request(connection));
            connection.send(before);
        });
    }

    private static String request(RawClient connection) throws Exception {
        String head = connection.readHead();
        connection.read(RawClient.contentLength(head));
        return head.lines().findFirst().orElseThrow();
    }

    /** Proves specification 3.42. */
    @ParameterizedTest
    @ValueSource(strings = {"GET", "OPTIONS", "TRACE", "PUT", "DELETE"})
    void idempotentRequestWithoutABodyIsSentOnceMoreWhenAReusedConnectionBreaks(String method) throws Exception {
        try (ScriptedFunction function = endingSecondRequests("");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n").readResponse();
            String response =
                    client.send(method + " /2 HTTP/1.1\r\nHost: h\r\n\r\n").readResponse();

            assertThat(response).startsWith("HTTP/1.1 200 ");
            assertThat(requests).containsExactly("GET /1 HTTP/1.1", method + " /2 HTTP/1.1", method + " /2 HTTP/1.1");
            assertThat(function.connections()).isEqualTo(2);
        }
    }

    /** Proves specification 3.42. */
    @Test
    void headRequestIsSentOnceMoreWhenAReusedConnectionBreaks() throws Exception {
        try (ScriptedFunction function = endingSecondRequests("");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n").readResponse();
            client.send("HEAD /2 HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
        }
    }

    /** Proves specification 3.42. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /2 HTTP/1.1\r\nHost: h\r\n\r\n",
                "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
                "PATCH /2 HTTP/1.1\r\nHost: h\r\n\r\n",
                "OWN /2 HTTP/1.1\r\nHost: h\r\n\r\n",
                "PUT /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab",
                "GET /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab"
            })
    void requestThatIsNotIdempotentOrHasABodyIsNeverSentTwice(String request) throws Exception {
        try (ScriptedFunction function = endingSecondRequests("");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n").readResponse();

            assertThat(client.send(request).readResponse()).startsWith("HTTP/1.1 500 ");
            assertThat(requests).hasSize(2);
        }
    }

    /** Proves specification 3.42. */
    @ParameterizedTest
    @ValueSource(strings = {"H", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 100 Continue\r\n\r\n"})
    void requestWhoseResponseHasBegunIsNeverSentTwice(String before) throws Exception {
        try (ScriptedFunction function = endingSecondRequests(before);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n").readResponse();

            assertThat(client.send("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n").readResponse())
                    .startsWith("HTTP/1.1 500 ");
            assertThat(requests).hasSize(2);
        }
    }

    /** Proves specification 3.42. */
    @Test
    void requestOnAFreshConnectionIsNeverSentTwice() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> requests.add(request(connection)));
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            assertThat(client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n").readResponse())
                    .startsWith("HTTP/1.1 500 ");
            assertThat(requests).hasSize(1);
        }
    }

    /** Proves specification 3.42. */
    @Test
    void requestThatWasSentOnceMoreIsNeverSentAThirdTime() throws Exception {
        AtomicInteger connections = new AtomicInteger();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    boolean first = connections.incrementAndGet() == 1;
                    requests.add(request(connection));
                    if (first) {
                        connection.send(OK);
                        requests.add(request(connection));
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n").readResponse();

            assertThat(client.send("GET /2 HTTP/1.1\r\nHost: h\r\n\r\n").readResponse())
                    .startsWith("HTTP/1.1 500 ");
            assertThat(requests).hasSize(3);
        }
    }

    /** Proves specification 3.43. */
    @Test
    void upstreamConnectionThatTheFunctionHasClosedIsNotReused() throws Exception {
        CountDownLatch close = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    requests.add(request(connection));
                    connection.send(OK);
                    close.await();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n").readResponse();
            assertThat(watchdog.metric("watchdog_upstream_connections")).isOne();

            close.countDown();
            Polling.until(PATIENCE, () -> watchdog.metric("watchdog_upstream_connections") == 0);

            assertThat(client.send("POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab")
                            .readResponse())
                    .startsWith("HTTP/1.1 200 ");
            assertThat(requests).containsExactly("GET /1 HTTP/1.1", "POST /2 HTTP/1.1");
        }
    }

    /** Proves specification 3.43. */
    @Test
    void requestsSucceedWhileTheFunctionClosesEachConnectionAfterItsResponse() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    requests.add(request(connection));
                    connection.send(OK);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 200; i++) {
                client.send("GET /%d HTTP/1.1\r\nHost: h\r\n\r\n".formatted(i));

                assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ");
            }
            assertThat(List.copyOf(requests)).doesNotHaveDuplicates();
        }
    }

    /** Proves specification 3.43. */
    @Test
    void idleUpstreamConnectionOnWhichTheFunctionSendsUnaskedIsClosed() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    requests.add(request(connection));
                    connection.send(OK);
                    connection.send("HTTP/1.1 408 Request Time-out\r\nContent-Length: 0\r\n\r\n");
                    if (connection.closedByPeer()) {
                        ended.countDown();
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n").readResponse();
            assertThat(ended.await(15, TimeUnit.SECONDS)).isTrue();

            assertThat(client.send("POST /2 HTTP/1.1\r\nHost: h\r\n\r\n").readResponse())
                    .startsWith("HTTP/1.1 200 ");
        }
    }

    /** Proves specification 3.42. */
    @Test
    void postThatWasPartlyWrittenWhenItsConnectionBrokeIs500() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    requests.add(connection.readHead());
                    connection.reset();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n");
            client.send(new byte[10_000]);

            String response = client.readResponse();

            assertThat(response).startsWith("HTTP/1.1 500 ").contains("\r\nConnection: close\r\n");
            assertThat(requests).hasSize(1);
        }
    }
}
