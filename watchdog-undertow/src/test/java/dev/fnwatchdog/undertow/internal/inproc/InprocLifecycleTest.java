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

/**
 * Tests startup and shutdown of a function in the watchdog's JVM. Proves specification 2.4, 2.7, 5.1, 5.4, 5.7, 5.24,
 * 7.9.
 */
class InprocLifecycleTest {
    private static final AtomicInteger CLOSED = new AtomicInteger();
    private static volatile CountDownLatch closing = new CountDownLatch(0);

    /** A handler that is not public. */
    static final class Hidden implements HttpHandler {
        @Override
        public void handleRequest(HttpServerExchange exchange) {}
    }

    /** A handler without a usable constructor. */
    public static final class Wanting implements HttpHandler {
        public Wanting(String something) {
            assertThat(something).isNotNull();
        }

        @Override
        public void handleRequest(HttpServerExchange exchange) {}
    }

    /** A handler whose constructor throws. */
    public static final class Failing implements HttpHandler {
        public Failing() {
            throw new IllegalStateException("no database");
        }

        @Override
        public void handleRequest(HttpServerExchange exchange) {}
    }

    /** A servlet whose initialization throws. */
    public static final class FailingServlet extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        public void init(ServletConfig config) throws ServletException {
            throw new ServletException("no database");
        }
    }

    /** A servlet that relies on its container to enforce security. */
    @ServletSecurity
    public static final class Guarded extends HttpServlet {
        private static final long serialVersionUID = 1L;
    }

    /** A handler that counts how often it is closed. */
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

    /** Proves specification 5.1, 5.4, 5.7. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "com.example.Nowhere | cannot load handler com.example.Nowhere: no such class",
                "java.lang.Object | java.lang.Object is not a handler: expected an io.undertow.server.HttpHandler, a jakarta.servlet.Servlet or a com.openfaas.model.IHandler",
                "dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$Hidden | cannot create handler dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$Hidden: it must be a public class with a public constructor without parameters",
                "dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$Wanting | cannot create handler dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$Wanting: it must be a public class with a public constructor without parameters",
                "dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$Failing | cannot create handler dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$Failing: java.lang.IllegalStateException: no database",
                "dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$FailingServlet | cannot start handler dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$FailingServlet: jakarta.servlet.ServletException: no database",
                "dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$Guarded | cannot use handler dev.fnwatchdog.undertow.internal.inproc.InprocLifecycleTest$Guarded: its @ServletSecurity would not be enforced",
            })
    void startupFailsWithTheReasonWhenTheHandlerCannotBeUsed(String handler, String reason) {
        assertThatThrownBy(() -> RunningWatchdog.startedInFrontOf(1, "mode", "inproc", "handler", handler))
                .isInstanceOf(FunctionFailedException.class)
                .hasMessage(reason);
    }

    /** Proves specification 5.4. */
    @Test
    void startupFailsWhenNoHandlerIsNamedOrFound() {
        assertThatThrownBy(() -> RunningWatchdog.startedInFrontOf(1, "mode", "inproc"))
                .isInstanceOf(FunctionFailedException.class)
                .hasMessageContaining("no handler found");
    }

    /** Proves specification 5.24. */
    @Test
    void theHandlerIsClosedOnceAtShutdown() throws Exception {
        CLOSED.set(0);
        try (RunningWatchdog watchdog = RunningWatchdog.around(Closeable.class)) {
            assertThat(watchdog.get("/").body()).isEqualTo("open");
            assertThat(CLOSED).hasValue(0);
        }
        assertThat(CLOSED).hasValue(1);
    }

    /** Proves specification 7.9. */
    @Test
    void aRequestInFlightInTheHandlerEndsDuringTheDrain() throws Exception {
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

    /** Proves specification 5.24. */
    @Test
    void aHandlerThatOutlivesTheDrainIsInterrupted() throws Exception {
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

    /** Proves specification 2.4, 2.7. */
    @Test
    void readyPathIsRequestedFromTheHandlerBeforeTheWatchdogIsReady() throws Exception {
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
