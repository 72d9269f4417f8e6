package dev.fnwatchdog.undertow.internal.reload;

import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.async;
import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.replace;
import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.server;
import static dev.fnwatchdog.undertow.fixture.DevelopedFunction.replaceableMode;
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

/** A function under development: its next version takes its place while calls are served. */
class FunctionReplacementTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static RunningWatchdog printing(String text) throws Exception {
        return DevelopedFunction.start(print(text));
    }

    private static Map<String, String> print(String text) {
        return DevelopedFunction.streaming("sh -c 'echo %s; cat'".formatted(text));
    }

    private static RunningWatchdog inFrontOf(ScriptedFunction function) throws Exception {
        return DevelopedFunction.start(server(function.port(), "sleep 600"));
    }

    @Test
    void callsTheNextVersion() throws Exception {
        try (RunningWatchdog watchdog = printing("one")) {
            assertThat(watchdog.get("/").body()).isEqualTo("one\n");

            replace(watchdog, print("two"));

            assertThat(watchdog.get("/").body()).isEqualTo("two\n");
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void leavesACallToTheVersionThatItBeganWith() throws Exception {
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
    void givesTheVersionItsOwnEnvironment() throws Exception {
        try (RunningWatchdog watchdog = printing("one")) {
            replace(watchdog, DevelopedFunction.streaming("sh -c 'echo $CHANGED'", "CHANGED", "yes"));

            assertThat(watchdog.get("/").body()).isEqualTo("yes\n");
        }
    }

    @Test
    void tellsWhyThereIsNoFunctionToCall() throws Exception {
        try (RunningWatchdog watchdog = printing("one")) {
            replaceableMode(watchdog).fail("List<String> & more: cannot find symbol");

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

    @Test
    void keepsItsCountersUnderTheSameNames() throws Exception {
        try (RunningWatchdog watchdog = printing("one")) {
            replace(watchdog, print("two"));

            assertThat(watchdog.metric("watchdog_forks_failed_total")).isZero();
        }
    }

    /** Both versions would listen on the same port. */
    @Test
    void keepsNewCallsWaitingWhileTheOlderVersionOfAServerEndsItsOwn() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    int call = calls.incrementAndGet();
                    if (call == 1) {
                        entered.countDown();
                        release.await();
                    }
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n" + call);
                });
                RunningWatchdog watchdog = inFrontOf(function)) {
            CompletableFuture<HttpResponse<String>> first = async(() -> watchdog.get("/first"));
            entered.await();
            CompletableFuture<Boolean> replaced =
                    DevelopedFunction.replaceAsync(watchdog, server(function.port(), "sleep 601"));
            Polling.until(PATIENCE, () -> watchdog.get("/_/ready").statusCode() == 503);
            CompletableFuture<HttpResponse<String>> second = async(() -> watchdog.get("/second"));
            Polling.until(PATIENCE, () -> watchdog.metric("http_requests_in_flight") == 2);
            assertThat(calls).hasValue(1);

            release.countDown();

            assertThat(first.join().body()).isEqualTo("1");
            assertThat(second.join().body()).isEqualTo("2");
            replaced.join();
        }
    }

    @Test
    void outlivesAServerThatEndsAndSaysSo() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = inFrontOf(function)) {
            replace(watchdog, server(function.port(), "sh -c 'exit 3'"));

            Polling.until(PATIENCE, () -> watchdog.get("/").body().contains("exit status 3"));
            assertThat(watchdog.get("/").statusCode()).isEqualTo(500);
            watchdog.log().awaitLine("Forked function has terminated: exit status 3");

            replace(watchdog, server(function.port(), "sleep 601"));
            assertThat(watchdog.get("/").body()).isEqualTo("ok");
        }
    }

    @Test
    void tellsThatTheNextVersionDoesNotStart() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = inFrontOf(function)) {
            replace(watchdog, server(function.port(), "/none/such"));

            assertThat(watchdog.get("/").body()).contains("/none/such");
            watchdog.log().awaitLine("/none/such");
        }
    }

    @Test
    void triesAgainAfterAVersionThatDoesNotStart() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = inFrontOf(function)) {
            replace(watchdog, server(function.port(), "/none/such"));
            replace(watchdog, server(function.port(), "/none/such/either"));
            assertThat(watchdog.get("/").body()).contains("/none/such/either");

            replace(watchdog, server(function.port(), "sleep 601"));

            assertThat(watchdog.get("/").body()).isEqualTo("ok");
        }
    }
}
