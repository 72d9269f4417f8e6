package dev.fnwatchdog.undertow.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.undertow.fixture.ForkingWatchdog;
import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import io.undertow.util.SameThreadExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests beyond max_inflight that wait for a permit. Proves specification 2.3, 2.15, 7.3. */
class RequestQueueTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    /** The request lines and bodies that the function received, in order. */
    private final List<String> received = new CopyOnWriteArrayList<>();

    private final Semaphore responses = new Semaphore(0);
    private final List<RawClient> clients = new ArrayList<>();

    @AfterEach
    void closeClients() throws Exception {
        for (RawClient client : clients) {
            client.close();
        }
    }

    /** Returns a function that responds to one request for each permit of {@link #responses}. */
    private ScriptedFunction function() throws Exception {
        return ScriptedFunction.serving(connection -> {
            while (true) {
                String head = connection.readHead();
                received.add(
                        head.substring(0, head.indexOf(" HTTP/")) + connection.read(RawClient.contentLength(head)));
                responses.acquire();
                connection.send(OK);
            }
        });
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n";
    }

    /** Sends bytes on a new connection. */
    private RawClient send(RunningWatchdog watchdog, String bytes) throws Exception {
        RawClient client = watchdog.connect();
        clients.add(client);
        client.send(bytes);
        return client;
    }

    /** Sends the request that gets the only permit, and returns when the function has it. */
    private RawClient occupy(RunningWatchdog watchdog) throws Exception {
        RawClient first = send(watchdog, get("/first"));
        Polling.until(PATIENCE, () -> received.size() == 1);
        return first;
    }

    private static void awaitWaiting(RunningWatchdog watchdog, int requests) {
        Polling.until(PATIENCE, () -> watchdog.metric("watchdog_requests_waiting") == requests);
    }

    /** Sends a request, and returns when it waits as the last of {@code count}. */
    private RawClient queue(RunningWatchdog watchdog, String bytes, int count) throws Exception {
        RawClient client = send(watchdog, bytes);
        awaitWaiting(watchdog, count);
        return client;
    }

    @Test
    void requestsBeyondMaxInflightAreServedInOrderOfArrivalAndMoreThanMaxWaitingAre429() throws Exception {
        try (ScriptedFunction function = function();
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "max_inflight", "1", "max_waiting", "3")) {
            RawClient first = occupy(watchdog);
            RawClient second = queue(watchdog, get("/second"), 1);
            RawClient third = queue(watchdog, "POST /third HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n+body", 2);
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(200);
            RawClient fourth = queue(watchdog, get("/fourth"), 3);

            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(429);
            assertThat(send(watchdog, get("/fifth")).readResponse())
                    .startsWith("HTTP/1.1 429 ")
                    .endsWith("Concurrent request limit exceeded. Max concurrent requests: 1\n");
            assertThat(received).containsExactly("GET /first");
            for (RawClient client : List.of(first, second, third, fourth)) {
                responses.release();
                assertThat(client.readResponse()).endsWith("\r\n\r\nhi");
            }
            assertThat(received).containsExactly("GET /first", "GET /second", "POST /third+body", "GET /fourth");
            awaitWaiting(watchdog, 0);
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void streamsOfOneHttp2ConnectionWaitToo() throws Exception {
        try (ScriptedFunction function = function();
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "max_inflight", "1", "max_waiting", "3")) {
            RawClient connection = watchdog.connect();
            clients.add(connection);
            Http2Client client = Http2Client.on(connection);
            client.get(1, "/first");
            Polling.until(PATIENCE, () -> received.size() == 1);
            client.request(3, 0x4, "POST", "/second", "content-length", "5");
            client.data(3, 0x1, "+body");
            awaitWaiting(watchdog, 1);
            client.get(5, "/third");
            client.get(7, "/reset");
            awaitWaiting(watchdog, 3);

            client.reset(7);
            awaitWaiting(watchdog, 2);
            responses.release(3);

            assertThat(client.responses(1, 3, 5).values()).allMatch(response -> response.endsWith("hi"));
            assertThat(received).containsExactly("GET /first", "POST /second+body", "GET /third");
        }
    }

    @Test
    void aPipelinedRequestIsServedBehindOneThatHasWaited() throws Exception {
        try (ScriptedFunction function = function();
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "max_inflight", "1", "max_waiting", "1")) {
            occupy(watchdog);
            RawClient second = queue(watchdog, get("/second") + get("/third"), 1);

            responses.release(3);

            assertThat(second.readResponse()).endsWith("hi");
            assertThat(second.readResponse()).endsWith("hi");
            assertThat(received).containsExactly("GET /first", "GET /second", "GET /third");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /second HTTP/1.1\r\nHost: h\r\n\r\n",
                "POST /second HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\npart",
                "POST /second HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n"
            })
    void aRequestLeavesTheQueueWhenItsClientDisconnects(String request) throws Exception {
        try (ScriptedFunction function = function();
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "max_inflight", "1", "max_waiting", "5")) {
            RawClient first = occupy(watchdog);
            RawClient second = queue(watchdog, request, 1);
            RawClient third = queue(watchdog, get("/third"), 2);

            second.close();
            awaitWaiting(watchdog, 1);
            responses.release(2);

            assertThat(first.readResponse()).endsWith("hi");
            assertThat(third.readResponse()).endsWith("hi");
            assertThat(received).containsExactly("GET /first", "GET /third");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /second HTTP/1.1\r\n", "POST /second HTTP/1.1\r\nContent-Length: 100\r\n"})
    void aRequestWhoseTimeoutExpiresInTheQueueIs504(String request) throws Exception {
        try (ScriptedFunction function = function();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function, "max_inflight", "1", "max_waiting", "1", "exec_timeout", "30s")) {
            RawClient first = occupy(watchdog);
            RawClient second = send(watchdog, request + "Host: h\r\nX-Timeout: 100ms\r\n\r\n");

            assertThat(second.readResponse())
                    .startsWith("HTTP/1.1 504 ")
                    .contains("X-OpenFaaS-Internal: faas-middleware");
            awaitWaiting(watchdog, 0);
            responses.release();
            assertThat(first.readResponse()).endsWith("hi");
            assertThat(received).containsExactly("GET /first");
        }
    }

    @Test
    void theTimeInTheQueueCountsTowardsTheTimeout() throws Exception {
        try (ScriptedFunction function = function();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function, "max_inflight", "1", "max_waiting", "1", "exec_timeout", "3s")) {
            occupy(watchdog);
            long start = System.nanoTime();
            RawClient second = send(watchdog, get("/second"));

            // The first one is 504 after three seconds; then the second one has its permit for the rest of its own.
            assertThat(second.readResponse()).startsWith("HTTP/1.1 504 ");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMillis(5900));
        }
    }

    @Test
    void requestsInTheQueueAreServedWhileTheWatchdogDrains() throws Exception {
        try (ScriptedFunction function = function();
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "max_inflight", "1", "max_waiting", "2")) {
            RawClient first = occupy(watchdog);
            RawClient second = queue(watchdog, get("/second"), 1);
            CompletableFuture<Integer> status =
                    CompletableFuture.supplyAsync(() -> watchdog.stop(Shutdown.Cause.SIGINT));
            watchdog.log().awaitLine("draining: 2 requests");

            responses.release(2);

            assertThat(first.readResponse()).endsWith("hi");
            assertThat(second.readResponse()).endsWith("hi");
            assertThat(status.get(20, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    void requestsThatStillWaitAtTheEndOfTheDrainAre503AndNeverReachTheFunction() throws Exception {
        try (ScriptedFunction function = function();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function, "max_inflight", "1", "max_waiting", "2", "write_timeout", "300ms")) {
            occupy(watchdog);
            RawClient second = queue(watchdog, get("/second"), 1);
            RawClient third = queue(watchdog, "POST /third HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\npart", 2);

            assertThat(watchdog.stop(Shutdown.Cause.SIGINT)).isZero();

            assertThat(second.readResponse()).startsWith("HTTP/1.1 503 ").endsWith("the watchdog is stopping\n");
            assertThat(third.readResponse()).startsWith("HTTP/1.1 503 ").endsWith("the watchdog is stopping\n");
            assertThat(received).containsExactly("GET /first");
        }
    }

    @ParameterizedTest
    @EnumSource
    void noRequestIsRefusedInAForkingModeWhileTheQueueHasRoom(ForkingWatchdog kind) throws Exception {
        try (RunningWatchdog watchdog = kind.starting("cat", "max_inflight", "2", "max_waiting", "16")) {
            assertThat(echoes(watchdog, 16, 10)).isEqualTo(160);
        }
    }

    @Test
    void noRequestIsRefusedInInprocModeWhileTheQueueHasRoom() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        try (RunningWatchdog watchdog = ScriptedHandler.servlet(
                (request, response) -> {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    response.getOutputStream().write(request.getInputStream().readAllBytes());
                    inside.decrementAndGet();
                },
                "max_inflight",
                "2",
                "max_waiting",
                "16")) {
            assertThat(echoes(watchdog, 16, 100)).isEqualTo(1600);
            assertThat(most).hasValueLessThanOrEqualTo(2);
        }
    }

    /** Returns how many of the requests of several clients were echoed. */
    private static int echoes(RunningWatchdog watchdog, int clients, int requests) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                all.add(threads.submit(() -> echoes(watchdog, requests)));
            }
            int sum = 0;
            for (Future<Integer> one : all) {
                sum += one.get(25, TimeUnit.SECONDS);
            }
            return sum;
        } finally {
            threads.shutdownNow();
        }
    }

    private static int echoes(RunningWatchdog watchdog, int requests) throws Exception {
        int echoed = 0;
        for (int i = 0; i < requests; i++) {
            String body = "body" + i;
            String response;
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(body.length(), body));
                response = client.readToEnd();
            }
            echoed += response.startsWith("HTTP/1.1 200 ") && response.contains(body) ? 1 : 0;
        }
        return echoed;
    }

    @Test
    void theQueueOfHandlerConcurrencyHasNoMoreRoomThanMaxWaiting() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet(
                (request, response) -> {
                    received.add(request.getRequestURI());
                    responses.acquire();
                },
                "handler_concurrency",
                "1",
                "max_waiting",
                "1")) {
            RawClient first = send(watchdog, get("/first"));
            Polling.until(PATIENCE, () -> received.size() == 1);
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(200);
            RawClient second = queue(watchdog, get("/second"), 1);

            assertThat(send(watchdog, get("/third")).readResponse())
                    .startsWith("HTTP/1.1 429 ")
                    .endsWith("Max concurrent requests: 1\n");
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(429);
            responses.release(2);
            assertThat(first.readResponse()).startsWith("HTTP/1.1 200 ");
            assertThat(second.readResponse()).startsWith("HTTP/1.1 200 ");
            assertThat(received).containsExactly("/first", "/second");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void requestsThatWaitForHandlerConcurrencyAtTheEndOfTheDrainAre503AndNeverReachTheHandler(boolean blocking)
            throws Exception {
        String[] settings = {"handler_concurrency", "1", "write_timeout", "300ms"};
        try (RunningWatchdog watchdog = blocking
                ? ScriptedHandler.servlet(
                        (request, response) -> {
                            received.add(request.getRequestURI());
                            responses.acquire();
                        },
                        settings)
                : ScriptedHandler.undertow(
                        exchange -> {
                            received.add(exchange.getRequestPath());
                            // It ends when the client's request is aborted.
                            exchange.dispatch(SameThreadExecutor.INSTANCE, () -> {});
                        },
                        settings)) {
            send(watchdog, get("/first"));
            Polling.until(PATIENCE, () -> received.size() == 1);
            RawClient second = queue(watchdog, get("/second"), 1);

            assertThat(watchdog.stop(Shutdown.Cause.SIGINT)).isZero();

            assertThat(second.readResponse()).startsWith("HTTP/1.1 503 ").endsWith("the watchdog is stopping\n");
            assertThat(received).containsExactly("/first");
        }
    }
}
