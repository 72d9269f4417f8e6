package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract 3: any number of calls at once, on any number of connections, or one behind the other on one. */
class ManyRequestsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @Test
    void servesHundredsAtOnce() throws Exception {
        int calls = 400;
        CyclicBarrier all = new CyclicBarrier(calls);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        String head = connection.readHead();
                        connection.read(RawClient.contentLength(head));
                        all.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                        String body = head.substring(head.indexOf('/') + 1, head.indexOf(" HTTP"));
                        connection.send(
                                "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body));
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                clients.add(watchdog.connect());
            }
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < calls; i++) {
                    String body = i % 2 == 0 ? "" : "x".repeat(100);
                    clients.get(i)
                            .send("POST /%d.%d HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%s"
                                    .formatted(round, i, body.length(), body));
                }
                for (int i = 0; i < calls; i++) {
                    assertThat(clients.get(i).readResponse())
                            .startsWith("HTTP/1.1 200 ")
                            .endsWith("\r\n\r\n%d.%d".formatted(round, i));
                }
            }
            // The second round has found the connections of the first one.
            assertThat(function.connections()).isEqualTo(calls);
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000})
    void answersPipelinedRequestsInTheirOrder(int pieceSize) throws Exception {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 30; i++) {
            requests.append(
                    switch (i % 4) {
                        case 0 -> "GET /%d HTTP/1.1\r\nHost: h\r\n\r\n".formatted(i);
                        case 1 -> "POST /%d HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello".formatted(i);
                        case 2 ->
                            "POST /%d HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
                                    .formatted(i);
                        default -> "POST /%d HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n".formatted(i);
                    });
        }
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        String head = connection.readHead();
                        connection.read(RawClient.contentLength(head));
                        if (head.contains("chunked")) {
                            connection.readUntil("0\r\n\r\n");
                        }
                        String body = head.substring(head.indexOf('/'), head.indexOf(" HTTP"));
                        connection.send(
                                "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body));
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            for (int at = 0; at < requests.length(); at += pieceSize) {
                client.send(requests.substring(at, Math.min(requests.length(), at + pieceSize)));
            }
            for (int i = 0; i < 30; i++) {
                assertThat(client.readResponse())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .endsWith("\r\n\r\n/" + i);
            }
        }
    }

    @Test
    void takesNoMoreThanABufferOfRequestsAheadOfTime() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        AtomicInteger served = new AtomicInteger();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        connection.readHead();
                        answer.await();
                        served.incrementAndGet();
                        connection.send("HTTP/1.1 204 No Content\r\n\r\n");
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            String request = "GET /%s HTTP/1.1\r\nHost: h\r\n\r\n".formatted("x".repeat(1000));
            for (int i = 0; i < 100; i++) {
                client.send(request);
            }
            Polling.until(PATIENCE, () -> watchdog.metric("http_requests_in_flight") == 1);
            answer.countDown();
            for (int i = 0; i < 100; i++) {
                assertThat(client.readHead()).startsWith("HTTP/1.1 204 ");
            }
            assertThat(served.get()).isEqualTo(100);
        }
    }

    @Test
    void servesThousandsOneAfterTheOtherWithFewConnections() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1")) {
            for (int round = 0; round < 20; round++) {
                try (RawClient client = watchdog.connect()) {
                    for (int i = 0; i < 50; i++) {
                        assertThat(client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
                                        .readResponse())
                                .startsWith("HTTP/1.1 200 ");
                    }
                }
            }
            assertThat(function.connections())
                    .isLessThanOrEqualTo(Runtime.getRuntime().availableProcessors());
        }
    }
}
