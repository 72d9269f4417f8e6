package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import com.openfaas.model.Response;
import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import io.undertow.server.HttpServerExchange;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests handlers that take too long, or whose client disconnects. Proves specification 3.38, 5.19, 5.21, 5.22, 6.5,
 * 9.18.
 */
class InprocTimeoutTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** What a handler of any kind does: it blocks, and may throw. */
    interface Work {
        String run(String path) throws Exception;
    }

    enum Kind {
        UNDERTOW {
            @Override
            RunningWatchdog start(Work work, String... settings) throws Exception {
                return ScriptedHandler.undertow(
                        exchange -> exchange.dispatch(handled -> respond(handled, work)), settings);
            }
        },
        SERVLET {
            @Override
            RunningWatchdog start(Work work, String... settings) throws Exception {
                return ScriptedHandler.servlet(
                        (request, response) -> response.getWriter().write(work.run(request.getRequestURI())), settings);
            }
        },
        MODEL {
            @Override
            RunningWatchdog start(Work work, String... settings) throws Exception {
                return ScriptedHandler.model(
                        request -> {
                            Response response = new Response();
                            response.setBody(work.run(request.getPathRaw()));
                            return response;
                        },
                        settings);
            }
        };

        abstract RunningWatchdog start(Work work, String... settings) throws Exception;

        private static void respond(HttpServerExchange exchange, Work work) throws Exception {
            String text = work.run(exchange.getRequestPath());
            exchange.startBlocking();
            exchange.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Proves specification 2.16, 5.21. */
    @ParameterizedTest
    @EnumSource
    void aHandlerThatOutlivesExecTimeoutIs504AndInterrupted(Kind kind) throws Exception {
        CountDownLatch interrupted = new CountDownLatch(1);
        try (RunningWatchdog watchdog = kind.start(
                path -> {
                    if (path.equals("/fast")) {
                        return "fast";
                    }
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                        throw e;
                    }
                    return "never";
                },
                "exec_timeout",
                "200ms")) {
            HttpResponse<String> response = watchdog.get("/slow");

            assertThat(response.statusCode()).isEqualTo(504);
            assertThat(response.body()).isEmpty();
            assertThat(response.headers().firstValue("X-OpenFaaS-Internal")).contains("of-watchdog");
            assertThat(response.headers().firstValue("X-Duration-Seconds")).isPresent();
            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
            watchdog.log().awaitLine("due to exec_timeout: 200ms");
            watchdog.log().awaitLine("GET /slow - 504 - ContentLength: 0B (");
            assertThat(watchdog.metric("watchdog_timeouts_total{kind=\"exec\"}"))
                    .isEqualTo(1);
            assertThat(watchdog.get("/fast").body()).isEqualTo("fast");
            assertThat(watchdog.log().contains("The handler failed")).isFalse();
        }
    }

    /** Proves specification 3.38, 5.21. */
    @ParameterizedTest
    @EnumSource
    void xTimeoutShortensTheTimeoutOfAHandler(Kind kind) throws Exception {
        try (RunningWatchdog watchdog = kind.start(path -> {
            new CountDownLatch(1).await();
            return "never";
        })) {
            HttpResponse<String> response = watchdog.send(
                    watchdog.request("/").header("X-Timeout", "150ms").build());

            assertThat(response.statusCode()).isEqualTo(504);
        }
    }

    /** Proves specification 5.22. */
    @ParameterizedTest
    @EnumSource
    void nothingThatAHandlerWritesAfterItsTimeoutReachesTheClient(Kind kind) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch responded = new CountDownLatch(1);
        try (RunningWatchdog watchdog = kind.start(
                        path -> {
                            if (!path.equals("/slow")) {
                                return path;
                            }
                            awaitIgnoringInterrupts(go);
                            responded.countDown();
                            return "late";
                        },
                        "exec_timeout",
                        "150ms");
                RawClient client = watchdog.connect()) {
            client.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 504");
            go.countDown();
            assertThat(responded.await(10, TimeUnit.SECONDS)).isTrue();

            // The same connection must not carry a byte of the late response.
            for (int i = 0; i < 20; i++) {
                client.send("GET /a HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.readResponse()).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n/a");
            }
        }
    }

    /** Waits as a function does that ignores interrupts. */
    private static void awaitIgnoringInterrupts(CountDownLatch latch) {
        boolean done = false;
        while (!done) {
            try {
                latch.await();
                done = true;
            } catch (InterruptedException ignored) {
                // ignored on purpose
            }
        }
    }

    /** Proves specification 5.22. */
    @ParameterizedTest
    @EnumSource
    void aHandlerThatIgnoresItsInterruptKeepsItsPermitUntilItReturns(Kind kind) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        AtomicBoolean inside = new AtomicBoolean();
        AtomicBoolean together = new AtomicBoolean();
        try (RunningWatchdog watchdog = kind.start(
                path -> {
                    together.compareAndSet(false, !inside.compareAndSet(false, true));
                    if (path.equals("/slow")) {
                        awaitIgnoringInterrupts(go);
                    }
                    inside.set(false);
                    return path;
                },
                "exec_timeout",
                "150ms",
                "handler_concurrency",
                "1")) {
            assertThat(watchdog.get("/slow").statusCode()).isEqualTo(504);
            assertThat(watchdog.get("/queued").statusCode()).isEqualTo(504);
            go.countDown();
            Polling.until(PATIENCE, () -> watchdog.get("/next").statusCode() == 200);
            assertThat(together).isFalse();
        }
    }

    /** Proves specification 5.21, 6.5. */
    @ParameterizedTest
    @EnumSource
    void aHandlerIsInterruptedWhenItsClientDisconnects(Kind kind) throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        try (RunningWatchdog watchdog = kind.start(path -> {
            entered.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return "nobody";
        })) {
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab");
                assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
            }

            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
            watchdog.log().awaitLine("POST / - 499 - ");
        }
    }

    /** Proves specification 5.19. */
    @ParameterizedTest
    @EnumSource
    void aRequestLeavesTheHandlerQueueWhenItsClientDisconnects(Kind kind) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        CountDownLatch entered = new CountDownLatch(1);
        AtomicInteger invocations = new AtomicInteger();
        try (RunningWatchdog watchdog = kind.start(
                        path -> {
                            invocations.incrementAndGet();
                            entered.countDown();
                            go.await();
                            return path;
                        },
                        "handler_concurrency",
                        "1");
                RawClient first = watchdog.connect()) {
            first.send("GET /first HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
            try (RawClient second = watchdog.connect()) {
                second.send("POST /left HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab");
                Polling.until(PATIENCE, () -> watchdog.metric("http_requests_in_flight") == 2);
            }
            watchdog.log().awaitLine("POST /left - 499 - ");
            go.countDown();

            assertThat(first.readResponse()).endsWith("/first");
            assertThat(watchdog.get("/last").body()).isEqualTo("/last");
            assertThat(invocations.get()).isEqualTo(2);
        }
    }

    /** Proves specification 5.21, 9.18. */
    @Test
    void aHandlerIsInterruptedWhenItsHttp2StreamIsReset() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        try (RunningWatchdog watchdog = Kind.SERVLET.start(path -> {
                    entered.countDown();
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        interrupted.countDown();
                    }
                    return "nobody";
                });
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.get(1, "/");
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
            client.reset(1);

            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Proves specification 5.21. */
    @Test
    void aResponseOfAHandlerThatHasBegunIsBrokenOffAfterExecTimeout() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet(
                        (request, response) -> {
                            response.getWriter().write("begun");
                            response.flushBuffer();
                            new CountDownLatch(1).await();
                        },
                        "exec_timeout",
                        "300ms");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readUntilClosedOrReset())
                    .contains("200 OK", "begun")
                    .doesNotEndWith("0\r\n\r\n");
        }
    }

    /** Proves specification 5.22. */
    @Test
    void aHandlerThatContinuesAfterItsResponseIsNotInterrupted() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        CountDownLatch done = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> {
            response.getWriter().write("answer");
            response.getWriter().close();
            read.await();
            interrupted.set(Thread.currentThread().isInterrupted());
            done.countDown();
        })) {
            assertThat(watchdog.get("/").body()).isEqualTo("answer");
            watchdog.log().awaitLine("GET / - 200");
            read.countDown();

            assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
            assertThat(interrupted).isFalse();
        }
    }
}
