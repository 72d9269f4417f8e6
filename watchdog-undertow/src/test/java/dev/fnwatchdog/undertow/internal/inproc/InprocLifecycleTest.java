package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.core.process.FunctionFailedException;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.annotation.ServletSecurity;
import jakarta.servlet.http.HttpServlet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a function in the watchdog's JVM starts and ends (contract 5 and 7). */
class InprocLifecycleTest {
    private static final AtomicInteger CLOSED = new AtomicInteger();
    private static volatile CountDownLatch closing = new CountDownLatch(0);

    /** Not public. */
    static final class Hidden implements HttpHandler {
        @Override
        public void handleRequest(HttpServerExchange exchange) {}
    }

    /** Has no constructor that could be used. */
    public static final class Wanting implements HttpHandler {
        public Wanting(String something) {
            assertThat(something).isNotNull();
        }

        @Override
        public void handleRequest(HttpServerExchange exchange) {}
    }

    /** Cannot be made. */
    public static final class Failing implements HttpHandler {
        public Failing() {
            throw new IllegalStateException("no database");
        }

        @Override
        public void handleRequest(HttpServerExchange exchange) {}
    }

    /** Cannot be initialised. */
    public static final class FailingServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        public void init(ServletConfig config) throws ServletException {
            throw new ServletException("no database");
        }
    }

    /** Counts on somebody else to guard it. */
    @ServletSecurity
    public static final class Guarded extends HttpServlet {
        private static final long serialVersionUID = 1L;
    }

    /** Wants to be closed. */
    public static final class Closeable implements HttpHandler, AutoCloseable {
        @Override
        public void handleRequest(HttpServerExchange exchange) {
            exchange.getResponseSender().send("open");
        }

        @Override
        public void close() throws InterruptedException {
            CLOSED.incrementAndGet();
            closing.await();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "com.example.Nowhere | cannot load handler com.example.Nowhere: no such class",
                "java.lang.Object | handler java.lang.Object is none: expected an io.undertow.server.HttpHandler, a jakarta.servlet.Servlet or a com.openfaas.model.IHandler",
                "dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$Hidden | cannot make handler dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$Hidden: it must be a public class with a public constructor without parameters",
                "dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$Wanting | cannot make handler dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$Wanting: it must be a public class with a public constructor without parameters",
                "dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$Failing | cannot make handler dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$Failing: java.lang.IllegalStateException: no database",
                "dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$FailingServlet | cannot start handler dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$FailingServlet: jakarta.servlet.ServletException: no database",
                "dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$Guarded | cannot use handler dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$Guarded: nobody would enforce its @ServletSecurity",
            })
    void refusesToStartWithoutAHandlerThatWorks(String handler, String reason) {
        assertThatThrownBy(() -> RunningWatchdog.startedInFrontOf(1, "mode", "inproc", "handler", handler))
                .isInstanceOf(FunctionFailedException.class)
                .hasMessage(reason);
    }

    @Test
    void refusesToStartWhereNoHandlerIsNamedOrFound() {
        assertThatThrownBy(() -> RunningWatchdog.startedInFrontOf(1, "mode", "inproc"))
                .isInstanceOf(FunctionFailedException.class)
                .hasMessageContaining("no handler found");
    }

    @Test
    void closesTheHandlerOnceWhenItStops() throws Exception {
        CLOSED.set(0);
        try (RunningWatchdog watchdog = RunningWatchdog.around(Closeable.class)) {
            assertThat(watchdog.get("/").body()).isEqualTo("open");
            assertThat(CLOSED).hasValue(0);
        }
        assertThat(CLOSED).hasValue(1);
    }

    @Test
    void letsACallEndBeforeItClosesTheHandler() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> {
                    entered.countDown();
                    go.await();
                    response.getWriter().write("whole");
                });
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
            Thread stop = new Thread(() -> watchdog.stop(Shutdown.Cause.CLOSE));
            stop.start();
            watchdog.log().awaitLine("draining: 1 requests");
            go.countDown();

            assertThat(client.readUntilClosedOrReset()).contains("200 OK", "whole");
            stop.join();
        }
    }

    @Test
    void interruptsACallThatOutlivesTheDrain() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        try (RunningWatchdog watchdog = ScriptedHandler.servlet(
                        (request, response) -> {
                            entered.countDown();
                            try {
                                new CountDownLatch(1).await();
                            } catch (InterruptedException e) {
                                interrupted.countDown();
                            }
                        },
                        "write_timeout",
                        "200ms");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
            watchdog.stop(Shutdown.Cause.CLOSE);

            assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void asksTheHandlerOnReadyPathBeforeItIsReady() throws Exception {
        CompletableFuture<String> first = new CompletableFuture<>();
        CountDownLatch warm = new CountDownLatch(1);
        try (RunningWatchdog watchdog = ScriptedHandler.servlet(
                (request, response) -> {
                    first.complete(request.getMethod() + " " + request.getRequestURI());
                    response.setStatus(
                            warm.getCount() > 0 && !request.getRequestURI().equals("/warm") ? 503 : 200);
                    warm.countDown();
                },
                "ready_path",
                "/warm")) {
            assertThat(first.join()).isEqualTo("GET /warm");
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(200);
            assertThat(watchdog.get("/").statusCode()).isEqualTo(200);
            assertThat(watchdog.metrics()).contains("http_requests_total{code=\"200\",method=\"get\"} 1");
        }
    }
}
