package dev.fnwatchdog.undertow.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * max_inflight is exact. {@link InflightPermitReleaseTest} tests how a permit is released. Proves specification 1.1,
 * 2.1, 2.2, 7.1, 7.2.
 */
class InflightLimitTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    /** Returns a function that holds the response to each request until {@code release} is counted down. */
    private static ScriptedFunction holdingResponses(CountDownLatch entered, CountDownLatch release) throws Exception {
        return ScriptedFunction.serving(connection -> {
            while (true) {
                connection.readHead();
                entered.countDown();
                release.await();
                connection.send(OK);
            }
        });
    }

    /** Proves specification 7.1, 7.2. */
    @Test
    void aRequestBeyondMaxInflightIs429WithTheSpecifiedHeaderFieldsAndBody() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = holdingResponses(entered, release);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                RawClient first = watchdog.connect();
                RawClient second = watchdog.connect()) {
            first.send("GET /first HTTP/1.1\r\nHost: h\r\n\r\n");
            entered.await();
            second.send("GET /second HTTP/1.1\r\nHost: h\r\n\r\n");

            String refusal = second.readResponse();
            assertThat(refusal)
                    .startsWith("HTTP/1.1 429 Too Many Requests\r\n")
                    .endsWith("\r\n\r\nConcurrent request limit exceeded. Max concurrent requests: 1\n");
            assertThat(refusal.substring(0, refusal.indexOf("\r\n\r\n"))
                            .lines()
                            .skip(1)
                            .filter(line -> !line.startsWith("Date: ")))
                    .containsExactlyInAnyOrder(
                            "Content-Type: text/plain",
                            "X-OpenFaaS-Internal: faas-middleware",
                            "Retry-After: 1",
                            "Content-Length: 62");

            release.countDown();
            assertThat(first.readResponse()).endsWith("hi");
            second.send("GET /again HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(second.readResponse()).endsWith("hi");
        }
    }

    /** Proves specification 7.1. */
    @Test
    void aRefusalByMaxInflightDoesNotWaitForTheBody() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = holdingResponses(entered, release);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                RawClient first = watchdog.connect();
                RawClient second = watchdog.connect()) {
            first.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            entered.await();
            second.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nhalf");

            assertThat(second.readResponse()).startsWith("HTTP/1.1 429 ").contains("\r\nConnection: close\r\n");
            second.send("x".repeat(500_000));
            assertThat(second.readToEnd()).isEmpty();
            release.countDown();
        }
    }

    /** Proves specification 7.2. */
    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n"
            })
    void aClientThatWaitsForEachResponseIsNeverRefusedByMaxInflight(String response) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(response);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            String end = response.contains("chunked")
                    ? "\r\n0\r\n\r\n"
                    : response.contains("204") ? "\r\n\r\n" : "\r\n\r\nhi";
            for (int i = 0; i < 3_000; i++) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.readUntil(end)).startsWith(response.substring(0, 12));
            }
        }
    }

    /** Proves specification 7.2. */
    @Test
    void aClientThatOpensAConnectionForEachRequestIsNeverRefusedByMaxInflight() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1")) {
            for (int i = 0; i < 1_000; i++) {
                try (RawClient client = watchdog.connect()) {
                    client.send("GET / HTTP/1.0\r\n\r\n");
                    assertThat(client.readResponse()).startsWith("HTTP/1.0 200 ");
                }
            }
        }
    }

    /** Proves specification 7.2. */
    @Test
    void maxInflightIsExactUnderLoad() throws Exception {
        int max = 3;
        AtomicInteger now = new AtomicInteger();
        AtomicInteger maximum = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        connection.readHead();
                        maximum.accumulateAndGet(now.incrementAndGet(), Math::max);
                        served.incrementAndGet();
                        // Long enough for other requests to arrive.
                        LockSupport.parkNanos(200_000);
                        now.decrementAndGet();
                        connection.send(OK);
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", String.valueOf(max))) {
            List<String> statuses = statusesOf(watchdog, 12, 300);

            assertThat(maximum.get()).isEqualTo(max);
            assertThat(statuses).hasSize(12 * 300).containsOnly("200", "429");
            assertThat(statuses.stream().filter("200"::equals)).hasSize(served.get());
            assertThat(statusesOf(watchdog, max, 200)).containsOnly("200");
        }
    }

    /** Returns the statuses that {@code clients} clients get, each of which sends {@code requests} requests in turn. */
    private static List<String> statusesOf(RunningWatchdog watchdog, int clients, int requests) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            List<Future<List<String>>> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                all.add(threads.submit(() -> statuses(watchdog, requests)));
            }
            List<String> statuses = new ArrayList<>();
            for (Future<List<String>> one : all) {
                statuses.addAll(one.get(20, TimeUnit.SECONDS));
            }
            return statuses;
        } finally {
            threads.shutdownNow();
        }
    }

    private static List<String> statuses(RunningWatchdog watchdog, int requests) throws Exception {
        List<String> statuses = new ArrayList<>();
        try (RawClient client = watchdog.connect()) {
            for (int i = 0; i < requests; i++) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                statuses.add(client.readResponse().substring(9, 12));
            }
        }
        return statuses;
    }

    /** Proves specification 2.1, 2.2. */
    @Test
    void readinessIs429AndHealthIs200WhileMaxInflightIsReached() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = holdingResponses(entered, release);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                RawClient first = watchdog.connect()) {
            first.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            entered.await();

            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(429);
            assertThat(watchdog.get("/_/health").statusCode()).isEqualTo(200);

            release.countDown();
            first.readResponse();
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(200);
        }
    }

    /** Proves specification 1.1. */
    @Test
    void requestsAtOnceAreNotLimitedByDefault() throws Exception {
        CountDownLatch entered = new CountDownLatch(50);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = holdingResponses(entered, release);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            HttpClient client = HttpClient.newHttpClient();
            List<CompletableFuture<HttpResponse<Void>>> requests = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                requests.add(client.sendAsync(watchdog.request("/").build(), HttpResponse.BodyHandlers.discarding()));
            }
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
            release.countDown();

            for (CompletableFuture<HttpResponse<Void>> response : requests) {
                assertThat(response.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
        }
    }
}
