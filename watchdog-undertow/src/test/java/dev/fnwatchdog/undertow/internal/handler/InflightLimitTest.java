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

/** max_inflight is exact (contract 7). How a place is given back is told in {@link InflightPermitReleaseTest}. */
class InflightLimitTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    /** Keeps each call until it is released. */
    private static ScriptedFunction keeping(CountDownLatch entered, CountDownLatch release) throws Exception {
        return ScriptedFunction.serving(connection -> {
            while (true) {
                connection.readHead();
                entered.countDown();
                release.await();
                connection.send(OK);
            }
        });
    }

    @Test
    void refusesTheSecondCallWhileTheFirstIsServed() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = keeping(entered, release);
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

    @Test
    void refusesBeforeTheBodyHasBeenSent() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = keeping(entered, release);
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

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n"
            })
    void neverRefusesAClientThatWaitsForItsAnswer(String answer) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(answer);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            String end =
                    answer.contains("chunked") ? "\r\n0\r\n\r\n" : answer.contains("204") ? "\r\n\r\n" : "\r\n\r\nhi";
            for (int i = 0; i < 3_000; i++) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.readUntil(end)).startsWith(answer.substring(0, 12));
            }
        }
    }

    @Test
    void neverRefusesAClientThatOpensAConnectionForEachCall() throws Exception {
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

    @Test
    void isExactUnderLoad() throws Exception {
        int max = 3;
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        connection.readHead();
                        most.accumulateAndGet(now.incrementAndGet(), Math::max);
                        served.incrementAndGet();
                        // Long enough for others to come.
                        LockSupport.parkNanos(200_000);
                        now.decrementAndGet();
                        connection.send(OK);
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", String.valueOf(max))) {
            List<String> statuses = statusesOf(watchdog, 12, 300);

            assertThat(most.get()).isEqualTo(max);
            assertThat(statuses).hasSize(12 * 300).containsOnly("200", "429");
            assertThat(statuses.stream().filter("200"::equals)).hasSize(served.get());
            assertThat(statusesOf(watchdog, max, 200)).containsOnly("200");
        }
    }

    /** What so many clients are answered, each of which calls so many times, one call after the other. */
    private static List<String> statusesOf(RunningWatchdog watchdog, int clients, int calls) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(clients);
        try {
            List<Future<List<String>>> all = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                all.add(threads.submit(() -> statuses(watchdog, calls)));
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

    private static List<String> statuses(RunningWatchdog watchdog, int calls) throws Exception {
        List<String> statuses = new ArrayList<>();
        try (RawClient client = watchdog.connect()) {
            for (int i = 0; i < calls; i++) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                statuses.add(client.readResponse().substring(9, 12));
            }
        }
        return statuses;
    }

    @Test
    void makesReadinessSay429AndHealthAsBefore() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = keeping(entered, release);
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

    @Test
    void isNoLimitWhere0() throws Exception {
        CountDownLatch entered = new CountDownLatch(50);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = keeping(entered, release);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            HttpClient client = HttpClient.newHttpClient();
            List<CompletableFuture<HttpResponse<Void>>> calls = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                calls.add(client.sendAsync(watchdog.request("/").build(), HttpResponse.BodyHandlers.discarding()));
            }
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
            release.countDown();

            for (CompletableFuture<HttpResponse<Void>> call : calls) {
                assertThat(call.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
        }
    }
}
