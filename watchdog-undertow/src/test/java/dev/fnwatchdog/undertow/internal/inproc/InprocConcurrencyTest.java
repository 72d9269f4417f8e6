package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests how many requests run in the handler at once ({@code handler_concurrency}). Proves specification 2.16, 5.18,
 * 5.19.
 */
class InprocConcurrencyTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int REQUESTS = 64;

    /** Proves specification 2.16, 5.19. */
    @ParameterizedTest
    @EnumSource
    void aHandlerConcurrencyOfOneRunsRequestsOneAfterTheOtherInOrder(InprocTimeoutTest.Kind kind) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger maximum = new AtomicInteger();
        List<String> order = new CopyOnWriteArrayList<>();
        try (RunningWatchdog watchdog = kind.start(
                path -> {
                    maximum.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    order.add(path);
                    go.await();
                    inside.decrementAndGet();
                    return path;
                },
                "handler_concurrency",
                "1")) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                RawClient client = watchdog.connect();
                clients.add(client);
                client.send("GET /" + i + " HTTP/1.1\r\nHost: h\r\n\r\n");
                int sent = i + 1;
                // A request in flight may still be on its way into the queue.
                Polling.until(
                        PATIENCE, () -> order.size() == 1 && watchdog.metric("watchdog_requests_waiting") == sent - 1);
            }
            assertThat(order).containsExactly("/0");
            go.countDown();

            for (int i = 0; i < REQUESTS; i++) {
                assertThat(clients.get(i).readResponse()).endsWith("\r\n\r\n/" + i);
                clients.get(i).close();
            }
            assertThat(order)
                    .containsExactlyElementsOf(
                            IntStream.range(0, REQUESTS).mapToObj(i -> "/" + i).toList());
            assertThat(maximum).hasValue(1);
        }
    }

    /** Proves specification 5.19. */
    @Test
    void asManyRequestsAsHandlerConcurrencyRunInTheHandlerAtOnce() throws Exception {
        assertThat(maxConcurrent("3", 3)).isEqualTo(3);
    }

    /** Proves specification 5.18, 5.19. */
    @Test
    void aHandlerConcurrencyOfZeroIsNoLimit() throws Exception {
        assertThat(maxConcurrent("0", REQUESTS)).isEqualTo(REQUESTS);
    }

    private static int maxConcurrent(String limit, int expected) throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger maximum = new AtomicInteger();
        Semaphore go = new Semaphore(0);
        try (RunningWatchdog watchdog = ScriptedHandler.servlet(
                (request, response) -> {
                    maximum.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    go.acquire();
                    inside.decrementAndGet();
                },
                "handler_concurrency",
                limit)) {
            HttpClient client = HttpClient.newHttpClient();
            List<CompletableFuture<HttpResponse<Void>>> responses = IntStream.range(0, REQUESTS)
                    .mapToObj(i -> client.sendAsync(
                            watchdog.request("/").timeout(PATIENCE).build(), HttpResponse.BodyHandlers.discarding()))
                    .toList();
            Polling.until(PATIENCE, () -> watchdog.metric("http_requests_in_flight") == REQUESTS);
            Polling.until(PATIENCE, () -> inside.get() == expected);
            go.release(REQUESTS);
            for (CompletableFuture<HttpResponse<Void>> response : responses) {
                assertThat(response.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
            }
        }
        return maximum.get();
    }

    /** Proves specification 5.19. */
    @Test
    void requestsThatWaitForHandlerConcurrencyCountAsInFlight() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (RunningWatchdog watchdog = ScriptedHandler.servlet(
                        (request, response) -> go.await(), "handler_concurrency", "1", "max_inflight", "2");
                RawClient first = watchdog.connect();
                RawClient second = watchdog.connect()) {
            first.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            second.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            Polling.until(PATIENCE, () -> watchdog.metric("http_requests_in_flight") == 2);

            assertThat(watchdog.get("/").statusCode()).isEqualTo(429);
            go.countDown();
            assertThat(first.readResponse()).startsWith("HTTP/1.1 200");
            assertThat(second.readResponse()).startsWith("HTTP/1.1 200");
        }
    }
}
