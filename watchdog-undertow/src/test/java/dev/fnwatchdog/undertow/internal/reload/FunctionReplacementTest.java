package dev.fnwatchdog.undertow.internal.reload;

import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.async;
import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.replace;
import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.server;
import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.versions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.DevelopedFunction;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests a function whose next version replaces it while requests are served. Proves specification 7.26 to 7.28. */
class FunctionReplacementTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static RunningWatchdog printing(String text) throws Exception {
        return DevelopedFunction.served(print(text));
    }

    private static Map<String, String> print(String text) {
        return DevelopedFunction.streaming("sh -c 'echo %s; cat'".formatted(text));
    }

    private static RunningWatchdog inFrontOf(ScriptedFunction function) throws Exception {
        return DevelopedFunction.served(server(function.port(), "sleep 600"));
    }

    /** Proves specification 7.26. */
    @Test
    void newRequestsGoToTheNextVersion() throws Exception {
        try (RunningWatchdog watchdog = printing("one")) {
            assertThat(watchdog.get("/").body()).isEqualTo("one\n");

            replace(watchdog, print("two"));

            assertThat(watchdog.get("/").body()).isEqualTo("two\n");
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(200);
        }
    }

    /** Proves specification 7.26. */
    @Test
    void aRequestInFlightEndsInTheVersionInWhichItBegan() throws Exception {
        try (RunningWatchdog watchdog = printing("one");
                RawClient slow = watchdog.connect()) {
            slow.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n");
            assertThat(slow.readHead()).startsWith("HTTP/1.1 200 OK\r\n");

            replace(watchdog, print("two"));
            assertThat(watchdog.get("/").body()).isEqualTo("two\n");
            slow.send("rest");

            assertThat(slow.readUntil("0\r\n\r\n")).contains("one").contains("rest");
        }
    }

    @Test
    void theNextVersionHasItsOwnEnvironment() throws Exception {
        try (RunningWatchdog watchdog = printing("one")) {
            replace(watchdog, DevelopedFunction.streaming("sh -c 'echo $CHANGED'", "CHANGED", "yes"));

            assertThat(watchdog.get("/").body()).isEqualTo("yes\n");
        }
    }

    /** Proves specification 7.28. */
    @Test
    void requestsAre500WithTheReasonWhenThereIsNoVersion() throws Exception {
        try (RunningWatchdog watchdog = printing("one")) {
            versions(watchdog).fail("List<String> & more: cannot find symbol");

            HttpResponse<String> plain = watchdog.get("/");
            assertThat(plain.statusCode()).isEqualTo(500);
            assertThat(plain.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
            assertThat(plain.body()).isEqualTo("List<String> & more: cannot find symbol\n");
            HttpResponse<String> page = watchdog.send(
                    watchdog.request("/").header("Accept", "text/html,*/*").build());
            assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
            assertThat(page.body()).contains("<pre>List&lt;String&gt; &amp; more: cannot find symbol</pre>");
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(503);

            replace(watchdog, print("two"));
            assertThat(watchdog.get("/").body()).isEqualTo("two\n");
        }
    }

    /** Proves specification 7.26. */
    @Test
    void countersKeepTheirNamesWhenTheFunctionIsReplaced() throws Exception {
        try (RunningWatchdog watchdog = printing("one")) {
            replace(watchdog, print("two"));

            assertThat(watchdog.metric("watchdog_forks_failed_total")).isZero();
        }
    }

    /** Proves specification 7.26. */
    @Test
    void portsAndCountersStayWhenTheFunctionIsReplaced() throws Exception {
        try (RunningWatchdog watchdog = printing("one")) {
            int port = watchdog.port();
            int metricsPort = watchdog.metricsPort();
            watchdog.get("/");
            watchdog.get("/");

            replace(watchdog, print("two"));

            assertThat(watchdog.get("/").body()).isEqualTo("two\n");
            assertThat(watchdog.port()).isEqualTo(port);
            assertThat(watchdog.metricsPort()).isEqualTo(metricsPort);
            assertThat(watchdog.metrics()).contains("http_requests_total{code=\"200\",method=\"get\"} 3\n");
        }
    }

    /** Both versions listen on the same port. Proves specification 7.27. */
    @Test
    void newRequestsWaitUntilTheOlderVersionOfAServerHasEndedItsOwn() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    int number = requests.incrementAndGet();
                    if (number == 1) {
                        entered.countDown();
                        release.await();
                    }
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n" + number);
                });
                RunningWatchdog watchdog = inFrontOf(function)) {
            CompletableFuture<HttpResponse<String>> first = async(() -> watchdog.get("/first"));
            entered.await();
            CompletableFuture<Boolean> replaced =
                    DevelopedFunction.replacing(watchdog, server(function.port(), "sleep 601"));
            Polling.until(PATIENCE, () -> watchdog.get("/_/ready").statusCode() == 503);
            CompletableFuture<HttpResponse<String>> second = async(() -> watchdog.get("/second"));
            Polling.until(PATIENCE, () -> watchdog.metric("http_requests_in_flight") == 2);
            assertThat(requests).hasValue(1);

            release.countDown();

            assertThat(first.join().body()).isEqualTo("1");
            assertThat(second.join().body()).isEqualTo("2");
            replaced.join();
        }
    }

    /** A request to the older version outlives the wait. Proves specification 7.27. */
    @Test
    void newRequestsWaitForTheOlderVersionOfAServerForWriteTimeoutAtMost() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    if (connection.readHead().startsWith("GET /slow ")) {
                        entered.countDown();
                        release.await();
                    }
                    connection.send(OK);
                });
                RunningWatchdog watchdog =
                        DevelopedFunction.served(server(function.port(), "sleep 600", "write_timeout", "500ms"));
                RawClient slow = watchdog.connect()) {
            slow.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
            entered.await();
            long begin = System.nanoTime();
            CompletableFuture<Boolean> replaced = DevelopedFunction.replacing(
                    watchdog, server(function.port(), "sleep 601", "write_timeout", "500ms"));
            Polling.until(PATIENCE, () -> watchdog.get("/_/ready").statusCode() == 503);

            assertThat(watchdog.get("/next").body()).isEqualTo("ok");

            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(500));
            assertThat(replaced).succeedsWithin(PATIENCE);
            release.countDown();
            assertThat(slow.readResponse()).endsWith("ok");
        }
    }

    /** Proves specification 7.28. */
    @ParameterizedTest
    @ValueSource(strings = {"text/html", "application/json"})
    void theResponseWithTheReasonIsNotToBeStored(String accept) throws Exception {
        try (RunningWatchdog watchdog = printing("one")) {
            versions(watchdog).fail("cannot find symbol");

            HttpResponse<String> response =
                    watchdog.send(watchdog.request("/").header("Accept", accept).build());

            assertThat(response.statusCode()).isEqualTo(500);
            assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
        }
    }

    /** Proves specification 7.28. */
    @Test
    void theWatchdogOutlivesAReplaceableServerThatEndsAndReportsItsExitStatus() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.answering(OK);
                RunningWatchdog watchdog = inFrontOf(function)) {
            replace(watchdog, server(function.port(), "sh -c 'exit 3'"));

            Polling.until(PATIENCE, () -> watchdog.get("/").body().contains("exit status 3"));
            assertThat(watchdog.get("/").statusCode()).isEqualTo(500);
            watchdog.log().awaitLine("Forked function has terminated: exit status 3");

            replace(watchdog, server(function.port(), "sleep 601"));
            assertThat(watchdog.get("/").body()).isEqualTo("ok");
        }
    }

    /** Proves specification 7.28. */
    @Test
    void aVersionThatCannotBeStartedIsReportedToTheClientAndInTheLog() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.answering(OK);
                RunningWatchdog watchdog = inFrontOf(function)) {
            replace(watchdog, server(function.port(), "/none/such"));

            assertThat(watchdog.get("/").body()).contains("/none/such");
            watchdog.log().awaitLine("/none/such");
        }
    }

    /** Proves specification 7.26, 7.28. */
    @Test
    void aWorkingVersionReplacesVersionsThatCouldNotBeStarted() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.answering(OK);
                RunningWatchdog watchdog = inFrontOf(function)) {
            replace(watchdog, server(function.port(), "/none/such"));
            replace(watchdog, server(function.port(), "/none/such/either"));
            assertThat(watchdog.get("/").body()).contains("/none/such/either");

            replace(watchdog, server(function.port(), "sleep 601"));

            assertThat(watchdog.get("/").body()).isEqualTo("ok");
        }
    }
}
