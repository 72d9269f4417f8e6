package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.FunctionJar;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RealFunction;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the packaged jar ends when it is told to (contract 7). */
class ShutdownIT {
    private static final int CLIENTS = 8;
    private static final String GET = "GET /load HTTP/1.1\r\nHost: h\r\n\r\n";

    @TempDir
    private Path folder;

    @Test
    void failsNoRequestOfClientsThatHeedConnectionClose() throws Exception {
        try (PackagedWatchdog watchdog =
                PackagedWatchdog.inFrontOfPython("healthcheck_interval", "3s").startReady()) {
            AtomicBoolean routed = new AtomicBoolean(true);
            AtomicInteger answered = new AtomicInteger();
            List<CompletableFuture<Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                clients.add(inBackground(() -> callUntilNotRouted(watchdog, routed, answered)));
            }
            Polling.until(Duration.ofSeconds(20), () -> answered.get() > 20 * CLIENTS);

            watchdog.signal("TERM");
            // As an orchestrator does: no new connections once the probe fails, while those that are open go on.
            Polling.until(Duration.ofSeconds(2), () -> watchdog.get("/_/health").statusCode() == 503);
            int before = answered.get();
            Polling.until(Duration.ofSeconds(2), () -> answered.get() > before + 2 * CLIENTS);
            routed.set(false);

            for (CompletableFuture<Void> client : clients) {
                client.get(20, TimeUnit.SECONDS);
            }
            assertThat(watchdog.alive()).isTrue();
            assertThat(watchdog.awaitExit()).isZero();
            assertThat(watchdog.remainingDescendants()).isEmpty();
        }
    }

    /** One connection for many calls, and another one where an answer says that it was the connection's last. */
    private static void callUntilNotRouted(PackagedWatchdog watchdog, AtomicBoolean routed, AtomicInteger answered)
            throws Exception {
        boolean told = false;
        while (!told || routed.get()) {
            try (RawClient client = watchdog.connect()) {
                do {
                    String response = client.send(GET).readResponse();
                    assertThat(response).startsWith("HTTP/1.1 200 OK\r\n").endsWith("hello from python\n");
                    answered.incrementAndGet();
                    told = response.contains("Connection: close\r\n");
                } while (!told);
                assertThat(client.closedByPeer()).isTrue();
            }
        }
    }

    @Test
    void stopsTheFunctionOnlyWhenTheLastCallIsOver() throws Exception {
        int port = FreePort.any();
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOf(
                        RealFunction.PYTHON.command(port) + " with-child", port, "healthcheck_interval", "200ms")
                .startReady()) {
            CompletableFuture<HttpResponse<String>> slow = watchdog.sendAsync(watchdog.request("/slow/1.5"));
            watchdog.awaitLine("function works");

            watchdog.signal("TERM");

            assertThat(watchdog.awaitExit()).isZero();
            assertThat(slow.get(1, TimeUnit.SECONDS).body()).isEqualTo("slow\n");
            assertThat(watchdog.out())
                    .extracting(line -> line.replaceFirst("^.*stdout: ", ""))
                    .containsExactly("function works", "function is done", "function got SIGTERM");
            assertThat(watchdog.err())
                    .extracting(line -> line.substring(20))
                    .containsSubsequence(
                            "SIGTERM: no new connections in 200ms",
                            "No new connections allowed, draining: 1 requests",
                            "Exiting. Active connections: 0")
                    .anyMatch(line -> line.startsWith("GET /slow/1.5 - 200 OK - "));
            assertThat(watchdog.remainingDescendants()).isEmpty();
        }
    }

    @Test
    void stopsAFunctionThatIsNotReadyYet() throws Exception {
        try (PackagedWatchdog watchdog =
                PackagedWatchdog.inFrontOf("sleep 600", FreePort.any()).start()) {
            watchdog.awaitLine("Writing lock-file");
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(503);

            watchdog.signal("TERM");

            assertThat(watchdog.awaitExit()).isZero();
            assertThat(watchdog.remainingDescendants()).isEmpty();
            // The search for the function's port was under way.
            assertThat(watchdog.err()).noneMatch(line -> line.contains("WARN"));
        }
    }

    @Test
    void endsAtOnceOnTheSecondSignalAlsoWhileItsStartHangs() throws Exception {
        Path jar = new FunctionJar().source("com.example.Hanging", """
                        package com.example;

                        public final class Hanging implements io.undertow.server.HttpHandler {
                            public Hanging() throws Exception {
                                new ProcessBuilder("sleep", "600").start();
                                System.out.println("hanging");
                                new java.util.concurrent.CountDownLatch(1).await();
                            }

                            public void handleRequest(io.undertow.server.HttpServerExchange exchange) {}
                        }
                        """).write(folder, "function.jar");
        try (PackagedWatchdog watchdog = PackagedWatchdog.with(
                        "mode", "inproc",
                        "handler", "com.example.Hanging",
                        "function_path", jar.toString(),
                        "port", "0",
                        "metrics_port", "0")
                .start()) {
            watchdog.awaitLine("hanging");
            assertThat(watchdog.remainingDescendants()).hasSize(1);

            watchdog.signal("TERM");
            // Two that come at once are one to the system.
            Polling.until(Duration.ofSeconds(20), () -> {
                watchdog.signal("TERM");
                return !watchdog.alive();
            });

            assertThat(watchdog.awaitExit()).isEqualTo(143);
            assertThat(watchdog.remainingDescendants()).isEmpty();
        }
    }

    @Test
    void failsProbesAtOnceAndStillServesCalls() throws Exception {
        try (PackagedWatchdog watchdog =
                PackagedWatchdog.inFrontOfPython("healthcheck_interval", "20s").startReady()) {
            watchdog.signal("TERM");
            watchdog.awaitLine("SIGTERM: no new connections in 20s");

            assertThat(watchdog.get("/_/health").statusCode()).isEqualTo(503);
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(503);
            assertThat(watchdog.temporaryDirectory()).isEmptyDirectory();
            HttpResponse<String> served = watchdog.get("/");
            assertThat(served.statusCode()).isEqualTo(200);
            assertThat(served.headers().firstValue("Connection")).hasValue("close");
        }
    }

    @Test
    void closesTheListenerAndGivesUpOnACallAfterTheDrain() throws Exception {
        try (PackagedWatchdog watchdog =
                PackagedWatchdog.inFrontOfPython("write_timeout", "500ms").startReady()) {
            int port = watchdog.port();
            CompletableFuture<HttpResponse<String>> endless = watchdog.sendAsync(watchdog.request("/slow/600"));
            watchdog.awaitLine("function works");

            watchdog.signal("TERM");
            watchdog.awaitLine("draining: 1 requests");
            assertThatExceptionOfType(ConnectException.class)
                    .isThrownBy(() -> RawClient.to(InetAddress.getLoopbackAddress(), port));

            assertThat(watchdog.awaitExit()).isZero();
            assertThat(watchdog.awaitLine("Exiting.")).endsWith("Exiting. Active connections: 1");
            assertThat(failed(endless)).isTrue();
            assertThat(watchdog.remainingDescendants()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"INT", "HUP"})
    void doesNotWaitForTheOrchestratorOnCtrlCOrWithoutATerminal(String signal) throws Exception {
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOfPython("healthcheck_interval", "1h")
                .interruptible()
                .startReady()) {
            watchdog.signal(signal);

            assertThat(watchdog.awaitExit()).isZero();
            assertThat(watchdog.awaitLine("SIG" + signal))
                    .endsWith("SIG%s: no new connections in 0s".formatted(signal));
            assertThat(watchdog.awaitLine("function got")).endsWith("stdout: function got SIGTERM");
            assertThat(watchdog.remainingDescendants()).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"TERM, TERM, 143", "TERM, INT, 130", "INT, INT, 130", "INT, TERM, 143"})
    void endsAtOnceOnTheSecondSignalAndKillsWhatTheFunctionStarted(String first, String second, int status)
            throws Exception {
        int port = FreePort.any();
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOf(
                        RealFunction.PYTHON.command(port) + " with-child", port, "healthcheck_interval", "1h")
                .interruptible()
                .startReady()) {
            CompletableFuture<HttpResponse<String>> call = watchdog.sendAsync(watchdog.request("/slow/600"));
            watchdog.awaitLine("function works");
            assertThat(watchdog.remainingDescendants()).hasSize(2);
            watchdog.signal(first);
            watchdog.awaitLine("SIG" + first);

            watchdog.signal(second);

            assertThat(watchdog.awaitExit()).isEqualTo(status);
            assertThat(failed(call)).isTrue();
            assertThat(watchdog.out()).noneMatch(line -> line.contains("function got SIGTERM"));
            // The signal was sent; a process may take a moment to be gone.
            Polling.until(Duration.ofSeconds(5), () -> watchdog.remainingDescendants().isEmpty());
        }
    }

    /** Whether a call was broken off, or answered because the function was gone by then. */
    private static boolean failed(CompletableFuture<HttpResponse<String>> call) throws Exception {
        return call.handle((answer, broken) -> broken != null || answer.statusCode() == 500)
                .get(5, TimeUnit.SECONDS);
    }

    private interface Work {
        void run() throws Exception;
    }

    private static CompletableFuture<Void> inBackground(Work work) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        work.run();
                        result.complete(null);
                    } catch (Throwable failure) {
                        result.completeExceptionally(failure);
                    }
                },
                "client");
        thread.setDaemon(true);
        thread.start();
        return result;
    }
}
