package dev.fnwatchdog.undertow.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests what the metrics count of requests. Proves specification 2.10, 2.12 to 2.14. */
class RequestMetricsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    /** Proves specification 2.10, 2.14. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                OK,
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n"
            })
    void aRequestIsCountedAndLeavesTheGaugeBeforeItsLastByteArrives(String response) throws Exception {
        String code = response.substring(9, 12);
        String end = response.contains("chunked") ? "\r\n0\r\n\r\n" : code.equals("204") ? "\r\n\r\n" : "\r\n\r\nhi";
        try (ScriptedFunction function = ScriptedFunction.respondingWith(response);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            for (int i = 1; i <= 100; i++) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                client.readUntil(end);

                assertThat(watchdog.metrics())
                        .contains("http_requests_total{code=\"" + code + "\",method=\"get\"} " + i + "\n")
                        .contains(
                                "http_request_duration_seconds_count{code=\"" + code + "\",method=\"get\"} " + i + "\n")
                        .contains("http_requests_in_flight 0\n");
            }
        }
    }

    /** Proves specification 2.10. */
    @Test
    void aRequestIsInTheGaugeWhileItIsServed() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    entered.countDown();
                    release.await();
                    connection.send(OK);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            assertThat(watchdog.metrics()).contains("http_requests_in_flight 0\n");
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            entered.await();
            assertThat(watchdog.metrics())
                    .contains("http_requests_in_flight 1\n")
                    .doesNotContain("http_requests_total{");

            release.countDown();
            client.readResponse();
            assertThat(watchdog.metrics()).contains("http_requests_in_flight 0\n");
        }
    }

    /** Proves specification 2.12. */
    @ParameterizedTest
    @CsvSource({
        "GET, get",
        "PATCH, patch",
        "DELETE, delete",
        "TRACE, trace",
        "CONNECT, connect",
        "BREW, unknown",
        "get, unknown"
    })
    void theMethodLabelIsTheStandardMethodInLowerCaseOrUnknown(String method, String label) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            String target = method.equals("CONNECT") ? "h:80" : "/";
            client.send(method + " " + target + " HTTP/1.1\r\nHost: h:80\r\n\r\n");
            String code = client.readHead().substring(9, 12);

            assertThat(watchdog.metrics())
                    .contains("http_requests_total{code=\"" + code + "\",method=\"" + label + "\"} 1\n");
        }
    }

    /** Proves specification 2.12. */
    @Test
    void requestsWithInventedMethodsShareOneSeries() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 50; i++) {
                client.send("M" + i + " / HTTP/1.1\r\nHost: h\r\n\r\n");
                client.readResponse();
            }

            assertThat(watchdog.metrics().lines().filter(line -> line.startsWith("http_requests_total{")))
                    .containsExactly("http_requests_total{code=\"200\",method=\"unknown\"} 50");
        }
    }

    /** Proves specification 2.13. */
    @Test
    void requestsThatMaxInflightRefusesAreCounted() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    entered.countDown();
                    connection.read(1);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            entered.await();
            watchdog.get("/");
            watchdog.get("/");

            assertThat(watchdog.metrics())
                    .contains("http_requests_total{code=\"429\",method=\"get\"} 2\n")
                    .contains("http_requests_in_flight 1\n");
        }
    }

    /** Proves specification 2.13. */
    @Test
    void aRequestWhoseClientDisconnectsIsCountedWithCode499() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    entered.countDown();
                    connection.read(1);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            try (RawClient client = watchdog.connect()) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                entered.await();
            }

            Polling.until(
                    PATIENCE,
                    () -> watchdog.metrics().contains("http_requests_total{code=\"499\",method=\"get\"} 1\n"));
            assertThat(watchdog.metrics()).contains("http_requests_in_flight 0\n");
        }
    }
}
