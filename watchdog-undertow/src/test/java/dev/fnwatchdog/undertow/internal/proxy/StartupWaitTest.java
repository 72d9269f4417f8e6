package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.undertow.WatchdogInternals;
import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that arrive before the function listens. Proves specification 3.3. */
class StartupWaitTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String UPLOAD = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n";

    @TempDir
    private Path folder;

    private final int port = FreePort.any();

    /** Starts a watchdog whose function is not there yet, in the place of which the test starts one later. */
    private RunningWatchdog early(String... settings) throws Exception {
        return RunningWatchdog.startedInFrontOf(port, settings);
    }

    /** Starts the function, which responds with the body of each request. */
    private ScriptedFunction echo() throws Exception {
        return ScriptedFunction.servingOn(port, connection -> {
            while (true) {
                String head = connection.readHead();
                String body = connection.read(RawClient.contentLength(head));
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body));
            }
        });
    }

    private static String post(String body) {
        return "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body);
    }

    private static void awaitHeld(RunningWatchdog watchdog, int requests) {
        Polling.until(PATIENCE, () -> watchdog.metric("http_requests_in_flight") == requests);
    }

    private static void assertNoneInFlight(RunningWatchdog watchdog) {
        Polling.until(Duration.ofSeconds(15), () -> watchdog.metric("http_requests_in_flight") == 0);
    }

    private static void assertRefused(String response) {
        assertThat(response)
                .startsWith("HTTP/1.1 500 ")
                .contains("\r\nX-OpenFaaS-Internal: of-watchdog\r\n", "\r\nX-Duration-Seconds: ")
                .endsWith("\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "true"})
    void manyRequestsWithBodiesAreServedOnceTheFunctionListens(String buffered) throws Exception {
        List<RawClient> clients = new ArrayList<>();
        try (RunningWatchdog watchdog = early("http_buffer_req_body", buffered)) {
            for (int i = 0; i < 20; i++) {
                RawClient client = watchdog.connect();
                clients.add(client);
                client.send(i % 2 == 0 ? post("body " + i) : GET);
            }
            awaitHeld(watchdog, 20);

            try (ScriptedFunction function = echo()) {
                for (int i = 0; i < 20; i++) {
                    assertThat(clients.get(i).readResponse())
                            .startsWith("HTTP/1.1 200 ")
                            .endsWith(i % 2 == 0 ? "\r\n\r\nbody " + i : "\r\n\r\n");
                    // The connection goes on, and its requests are not held any more.
                    assertThat(clients.get(i).send(post("next")).readResponse()).endsWith("\r\n\r\nnext");
                }
                assertThat(function.connections()).isPositive();
            }
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
        }
    }

    @Test
    void heldRequestsOfOneHttp2ConnectionAreServedOnceTheFunctionListens() throws Exception {
        try (RunningWatchdog watchdog = early();
                Http2Client client = Http2Client.on(watchdog.connect())) {
            for (int stream = 1; stream <= 9; stream += 2) {
                client.request(stream, 0, "POST", "/", "content-length", "6");
                client.data(stream, Http2Frames.END_STREAM, "body " + stream);
            }
            awaitHeld(watchdog, 5);

            try (ScriptedFunction function = echo()) {
                assertThat(client.responses(1, 3, 5, 7, 9))
                        .allSatisfy((stream, response) -> assertThat(response)
                                .startsWith(":status: 200\n")
                                .endsWith("body " + stream));
                assertThat(function.connections()).isPositive();
            }
        }
    }

    @Test
    void aPipelinedRequestBehindAHeldOneIsServedAfterIt() throws Exception {
        try (RunningWatchdog watchdog = early();
                RawClient client = watchdog.connect()) {
            client.send(GET + post("second"));
            awaitHeld(watchdog, 1);

            try (ScriptedFunction function = echo()) {
                assertThat(client.readResponse()).endsWith("\r\n\r\n");
                assertThat(client.readResponse()).endsWith("\r\n\r\nsecond");
                assertThat(function.connections()).isPositive();
            }
        }
    }

    @Test
    void aHeldUpgradeBecomesATunnel() throws Exception {
        try (RunningWatchdog watchdog = early();
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
            awaitHeld(watchdog, 1);

            try (ScriptedFunction function = ScriptedFunction.servingOn(port, connection -> {
                connection.readHead();
                connection.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
                connection.send(connection.read(4));
            })) {
                assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
                assertThat(client.send("ping").read(4)).isEqualTo("ping");
                assertThat(function.connections()).isOne();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "true"})
    void theBodyOfAHeldRequestIsNeitherReadNorAskedFor(String buffered) throws Exception {
        try (RunningWatchdog watchdog = early("http_buffer_req_body", buffered);
                RawClient uploading = watchdog.connect();
                RawClient expecting = watchdog.connect()) {
            expecting.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
            uploading.send(UPLOAD);

            // What the buffers of the system hold, and no more.
            assertThat(uploading.sendUntilBlocked(256 << 20)).isLessThan(64 << 20);

            assertThat(expecting.socket().getInputStream().available()).isZero();
            try (ScriptedFunction function = echo()) {
                assertThat(expecting.readHead()).startsWith("HTTP/1.1 100 ");
                assertThat(expecting.send("body").readResponse()).endsWith("\r\n\r\nbody");
                uploading.reset();
                assertNoneInFlight(watchdog);
                assertThat(function.connections()).isPositive();
            }
        }
    }

    /** Proves specification 3.3, 7.1. */
    @Test
    void aHeldRequestHasItsPermit() throws Exception {
        try (RunningWatchdog watchdog = early("max_inflight", "1");
                RawClient client = watchdog.connect()) {
            client.send(GET);
            awaitHeld(watchdog, 1);

            assertThat(watchdog.get("/").statusCode()).isEqualTo(429);

            try (ScriptedFunction function = echo()) {
                assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ");
                Polling.until(PATIENCE, () -> watchdog.get("/").statusCode() == 200);
                assertThat(function.connections()).isPositive();
            }
        }
    }

    /** Disconnects a client whose request is held. */
    private interface Disconnect {
        void of(RawClient client) throws Exception;
    }

    private void assertDisconnectReleasesThePermit(String request, Disconnect disconnect) throws Exception {
        try (RunningWatchdog watchdog = early("max_inflight", "1")) {
            try (RawClient client = watchdog.connect()) {
                client.send(request);
                awaitHeld(watchdog, 1);

                disconnect.of(client);

                assertNoneInFlight(watchdog);
            }
            try (ScriptedFunction function = echo()) {
                assertThat(watchdog.get("/").statusCode()).isEqualTo(200);
                // The request that was given up has not reached the function.
                assertThat(function.connections()).isOne();
            }
            assertThat(watchdog.metrics()).contains("http_requests_total{code=\"499\"");
        }
    }

    /** Proves specification 3.3, 3.45. */
    @ParameterizedTest
    @ValueSource(strings = {GET, UPLOAD, UPLOAD + "a part"})
    void aHeldRequestIsGivenUpWhenItsClientDisconnects(String request) throws Exception {
        assertDisconnectReleasesThePermit(request, RawClient::close);
    }

    /** Proves specification 3.3, 3.45. */
    @ParameterizedTest
    @ValueSource(strings = {GET, UPLOAD, UPLOAD + "a part"})
    void aHeldRequestIsGivenUpWhenItsClientResetsTheConnection(String request) throws Exception {
        assertDisconnectReleasesThePermit(request, RawClient::reset);
    }

    /** Proves specification 3.3, 3.45. */
    @Test
    void aHeldRequestIsGivenUpWhenItsClientClosesItsSendingSide() throws Exception {
        assertDisconnectReleasesThePermit(GET, client -> client.socket().shutdownOutput());
    }

    /** Proves specification 3.3, 9.18. */
    @ParameterizedTest
    @ValueSource(ints = {0, Http2Frames.END_STREAM})
    void aHeldStreamIsGivenUpWhenTheClientResetsIt(int flags) throws Exception {
        try (RunningWatchdog watchdog = early("max_inflight", "1");
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.request(1, flags, "POST", "/");
            awaitHeld(watchdog, 1);

            client.reset(1);

            assertNoneInFlight(watchdog);
            try (ScriptedFunction function = echo()) {
                client.get(3, "/");
                assertThat(client.response(3)).startsWith(":status: 200\n");
                assertThat(function.connections()).isOne();
            }
        }
    }

    /** Proves specification 3.3, 3.45. */
    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void aRequestThatWasHeldIsGivenUpWhenItsClientDisconnectsLater(String method) throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        try (RunningWatchdog watchdog = early("max_inflight", "1");
                RawClient client = watchdog.connect()) {
            client.send(method.equals("GET") ? GET : post("body"));
            awaitHeld(watchdog, 1);

            try (ScriptedFunction function = ScriptedFunction.servingOn(port, connection -> {
                connection.read(RawClient.contentLength(connection.readHead()));
                entered.countDown();
                if (connection.closedByPeer()) {
                    closed.countDown();
                }
            })) {
                assertThat(entered.await(10, TimeUnit.SECONDS)).isTrue();
                client.close();

                assertThat(closed.await(15, TimeUnit.SECONDS)).isTrue();
                assertNoneInFlight(watchdog);
                assertThat(function.connections()).isOne();
            }
        }
    }

    /** Proves specification 3.3, 3.37, 3.38. */
    @ParameterizedTest
    @CsvSource({"200ms, ''", "30s, 'X-Timeout: 200ms\r\n'"})
    void execTimeoutOfAHeldRequestIs504(String execTimeout, String field) throws Exception {
        try (RunningWatchdog watchdog = early("exec_timeout", execTimeout);
                RawClient client = watchdog.connect();
                RawClient uploading = watchdog.connect();
                Http2Client streams = Http2Client.on(watchdog.connect())) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n" + field + "\r\n");
            uploading.send(UPLOAD.replace("\r\n\r\n", "\r\n" + field + "\r\n"));
            streams.request(1, Http2Frames.END_STREAM, "GET", "/", "x-timeout", "200ms");

            assertThat(client.readHead()).startsWith("HTTP/1.1 504 ");
            assertThat(uploading.readHead()).startsWith("HTTP/1.1 504 ").contains("\r\nX-OpenFaaS-Internal: ");
            assertThat(streams.response(1)).startsWith(":status: 504\n");
            watchdog.awaitIdle();
            assertThat(watchdog.log().contains("cannot be reached")).isFalse();
        }
    }

    @Test
    void aRequestThatWasHeldForStartupWaitIs500WithOneLineInTheLog() throws Exception {
        try (RunningWatchdog watchdog = early("startup_wait", "200ms");
                RawClient client = watchdog.connect();
                RawClient uploading = watchdog.connect();
                Http2Client streams = Http2Client.on(watchdog.connect())) {
            long sent = System.nanoTime();
            assertRefused(client.send(GET).readResponse());
            assertThat(System.nanoTime() - sent).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
            assertThat(lines(watchdog, "within startup_wait"))
                    .hasSize(1)
                    .allSatisfy(line -> assertThat(line)
                            .endsWith("Upstream HTTP request error: the function at 127.0.0.1:" + port
                                    + " cannot be reached: it has not accepted a connection within startup_wait,"
                                    + " 200ms"));

            assertRefused(uploading.send(UPLOAD).readResponse());
            streams.request(1, 0, "POST", "/");
            assertThat(streams.response(1)).startsWith(":status: 500\n");
            // The connection of a request without a body goes on.
            assertRefused(client.send(GET).readResponse());
        }
    }

    private static List<String> lines(RunningWatchdog watchdog, String text) {
        watchdog.log().awaitLine(text);
        return watchdog.log().lines().stream()
                .filter(line -> line.contains(text))
                .toList();
    }

    @Test
    void aRequestIs500AtOnceWhereThePortHasAcceptedAConnectionBefore() throws Exception {
        try (RunningWatchdog watchdog = early("startup_wait", "1h", "exec_timeout", "0")) {
            try (ScriptedFunction function = echo()) {
                Polling.until(PATIENCE, () -> watchdog.get("/_/ready").statusCode() == 200);
                assertThat(function.connections()).isZero();
            }

            assertThat(watchdog.get("/").statusCode()).isEqualTo(500);
            watchdog.log().awaitLine("cannot be reached: Connection refused");
        }
    }

    /** Proves specification 3.4. */
    @Test
    void connectIsRefusedAtOnceWhileTheFunctionIsAwaited() throws Exception {
        try (RunningWatchdog watchdog = early();
                RawClient client = watchdog.connect()) {
            assertThat(client.send("CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n").readHead())
                    .startsWith("HTTP/1.1 405 ");
        }
    }

    /** Proves specification 1.17, 3.3. */
    @Test
    void readTimeoutOfAHeldRequestWhoseBodyIsUnreadIs408() throws Exception {
        try (RunningWatchdog watchdog = early("read_timeout", "200ms");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(post("complete")).readHead()).startsWith("HTTP/1.1 408 ");
        }
    }

    /** Proves specification 3.3, 7.9. */
    @Test
    void heldRequestsAreServedDuringTheDrainOfAShutdownIfTheFunctionListensThen() throws Exception {
        try (RunningWatchdog watchdog = early("write_timeout", "10s");
                RawClient client = watchdog.connect()) {
            client.send(post("body"));
            awaitHeld(watchdog, 1);
            CompletableFuture<Integer> status =
                    CompletableFuture.supplyAsync(() -> watchdog.stop(Shutdown.Cause.SIGTERM));
            watchdog.log().awaitLine("draining: 1 requests");

            try (ScriptedFunction function = echo()) {
                assertThat(client.readResponse())
                        .startsWith("HTTP/1.1 200 ")
                        .contains("\r\nConnection: close\r\n")
                        .endsWith("\r\n\r\nbody");
                assertThat(status.get(10, TimeUnit.SECONDS)).isZero();
                assertThat(function.connections()).isOne();
            }
        }
    }

    /** Proves specification 3.3, 7.9. */
    @Test
    void heldRequestsAre500AtTheEndOfTheDrain() throws Exception {
        try (RunningWatchdog watchdog = early("startup_wait", "1h", "write_timeout", "300ms");
                RawClient client = watchdog.connect();
                RawClient uploading = watchdog.connect();
                Http2Client streams = Http2Client.on(watchdog.connect())) {
            client.send(GET);
            uploading.send(post("body"));
            streams.get(1, "/");
            awaitHeld(watchdog, 3);
            CompletableFuture<Integer> status =
                    CompletableFuture.supplyAsync(() -> watchdog.stop(Shutdown.Cause.SIGTERM));

            assertRefused(client.readResponse());
            assertRefused(uploading.readResponse());
            assertThat(streams.responses(1).get(1)).startsWith(":status: 500\n");
            assertThat(status.get(10, TimeUnit.SECONDS)).isZero();
            assertThat(lines(watchdog, "cannot be reached: the watchdog is stopping it"))
                    .hasSize(3);
            assertThat(WatchdogInternals.inFlight(watchdog.watchdog())).isZero();
        }
    }

    /** Proves specification 3.3, 3.47. */
    @Test
    void heldRequestsAre500WhenTheFunctionProcessEnds() throws Exception {
        Path end = folder.resolve("end");
        String untilEnd = "sh -c 'while [ ! -e " + end + " ]; do sleep 0.01; done; exit 3'";
        try (RunningWatchdog watchdog = early("fprocess", untilEnd, "startup_wait", "1h");
                RawClient client = watchdog.connect()) {
            client.send(GET);
            awaitHeld(watchdog, 1);

            Files.createFile(end);

            assertRefused(client.readResponse());
            assertThat(lines(watchdog, "cannot be reached: it has ended")).hasSize(1);
            // What comes later is not held: nothing is awaited any more.
            assertRefused(client.send(GET).readResponse());
        }
    }
}
