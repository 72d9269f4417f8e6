package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import io.undertow.server.HttpHandler;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Handlers that throw (contract 5). */
class InprocFailuresTest {
    private static void assertFailsOnce(RunningWatchdog watchdog, String what) throws Exception {
        HttpResponse<String> response = watchdog.get("/a");

        assertThat(response.statusCode()).isEqualTo(500);
        assertThat(response.body()).isEmpty();
        assertThat(response.headers().firstValue("X-OpenFaaS-Internal")).contains("of-watchdog");
        watchdog.log().awaitLine("The handler failed: GET /a");
        watchdog.log().awaitLine(what);
        watchdog.log().awaitLine("GET /a - 500 - ");
        assertThat(watchdog.log().lines().stream().filter(line -> line.contains("The handler failed")))
                .hasSize(1);
        assertThat(watchdog.log().lines()).anyMatch(line -> line.startsWith("    at "));
    }

    @ParameterizedTest
    @EnumSource
    void answers500AndLogsTheStackTraceOnce(InprocTimeoutTest.Kind kind) throws Exception {
        try (RunningWatchdog watchdog = kind.start(path -> {
            throw new IllegalStateException("broken on purpose");
        })) {
            assertFailsOnce(watchdog, "IllegalStateException: broken on purpose");
        }
    }

    @ParameterizedTest
    @EnumSource
    void goesOnAfterErrorsOfTheJvm(InprocTimeoutTest.Kind kind) throws Exception {
        try (RunningWatchdog watchdog = kind.start(path -> switch (path) {
            case "/stack" -> deeper(path);
            case "/memory" -> throw new OutOfMemoryError("on purpose");
            default -> path;
        })) {
            assertThat(watchdog.get("/stack").statusCode()).isEqualTo(500);
            assertThat(watchdog.get("/memory").statusCode()).isEqualTo(500);
            assertThat(watchdog.get("/next").body()).isEqualTo("/next");
            watchdog.log().awaitLine("java.lang.StackOverflowError");
            watchdog.log().awaitLine("java.lang.OutOfMemoryError: on purpose");
        }
    }

    @SuppressWarnings("InfiniteRecursion") // on purpose
    private static String deeper(String path) {
        return deeper(path) + path;
    }

    @Test
    void answers500WhereAHandlerFailsOnTheIoThread() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(exchange -> {
            throw new IllegalStateException("broken on purpose");
        })) {
            assertFailsOnce(watchdog, "IllegalStateException: broken on purpose");
        }
    }

    @Test
    void answers500WhereWhatWasDispatchedFails() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(exchange -> exchange.dispatch(() -> {
            throw new IllegalStateException("broken on purpose");
        }))) {
            assertFailsOnce(watchdog, "IllegalStateException: broken on purpose");
        }
    }

    @Test
    void answers500WhereAnAsynchronousServletFails() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> {
            request.startAsync();
            throw new IllegalStateException("broken on purpose");
        })) {
            assertFailsOnce(watchdog, "IllegalStateException: broken on purpose");
        }
    }

    /** A client reads the beginning of an answer, and lets the handler go on then. */
    private static void assertBreaksOff(RunningWatchdog watchdog, CountDownLatch read, String head, String logged)
            throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readUntil("begun")).contains("200 OK", head);
            read.countDown();

            assertThat(client.readUntilClosedOrReset()).isBlank();
            watchdog.log().awaitLine(logged);
        }
    }

    /** Starts a handler that writes the beginning of an answer. */
    private static RunningWatchdog beginning(HttpHandler before, HttpHandler after) throws Exception {
        return ScriptedHandler.undertow(exchange -> exchange.dispatch(handled -> {
            handled.startBlocking();
            before.handleRequest(handled);
            handled.getOutputStream().write("begun".getBytes(StandardCharsets.UTF_8));
            handled.getOutputStream().flush();
            after.handleRequest(handled);
        }));
    }

    @Test
    void breaksTheConnectionWhereAServletFailsInTheMiddle() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> {
            response.getWriter().write("begun");
            response.flushBuffer();
            read.await();
            throw new IllegalStateException("broken on purpose");
        })) {
            assertBreaksOff(watchdog, read, "chunked", "broken on purpose");
        }
    }

    @Test
    void breaksTheConnectionWhereAHandlerFailsInTheMiddle() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (RunningWatchdog watchdog = beginning(handled -> {}, handled -> {
            read.await();
            throw new IllegalStateException("broken on purpose");
        })) {
            assertBreaksOff(watchdog, read, "chunked", "broken on purpose");
        }
    }

    @Test
    void breaksTheConnectionWhereTheAnswerIsShorterThanPromised() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (RunningWatchdog watchdog =
                beginning(handled -> handled.setResponseContentLength(10), handled -> read.await())) {
            assertBreaksOff(watchdog, read, "Content-Length: 10", "The handler failed: GET /");
        }
    }
}
