package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.health.Shutdown.Cause;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.net.ConnectException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Tests the phases of a shutdown, and what each waits for. Proves specification 1.2, 1.18, 1.19, 2.1, 2.2, 2.20, 3.47,
 * 3.48, 6.4, 7.5 to 7.11.
 */
class ShutdownTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final String REQUEST = "GET /call HTTP/1.1\r\nHost: h\r\n\r\n";

    @TempDir
    private Path temporary;

    private static CompletableFuture<Integer> stop(RunningWatchdog watchdog, Cause cause) {
        return CompletableFuture.supplyAsync(() -> watchdog.stop(cause));
    }

    private static boolean refusesConnections(RunningWatchdog watchdog) throws Exception {
        try (RawClient late = watchdog.connect()) {
            return false;
        } catch (ConnectException refused) {
            return true;
        }
    }

    /** Returns a function that sends its responses once {@code release} is counted down. */
    private static ScriptedFunction holdingResponses(CountDownLatch entered, CountDownLatch release) throws Exception {
        return ScriptedFunction.serving(connection -> {
            while (true) {
                connection.readHead();
                entered.countDown();
                release.await();
                connection.send(OK);
            }
        });
    }

    /** Proves specification 1.2, 1.19, 2.1, 2.2, 2.20, 7.5, 7.6, 7.11. */
    @Test
    void probesFailAtOnceAfterSigtermWhileRequestsAreServedForTheHealthcheckInterval() throws Exception {
        Path lockFile = temporary.resolve(".lock");
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function,
                        "healthcheck_interval",
                        "1m",
                        "suppress_lock",
                        "false",
                        "TMPDIR",
                        temporary.toString());
                RawClient old = watchdog.connect()) {
            old.send(REQUEST);
            assertThat(old.readResponse()).doesNotContain("Connection:").endsWith("hi");
            CompletableFuture<Integer> first = stop(watchdog, Cause.SIGTERM);
            assertThat(watchdog.log().awaitLine("SIGTERM")).endsWith(" SIGTERM: no new connections in 1m0s");

            assertThat(lockFile).doesNotExist();
            assertThat(watchdog.get("/_/health").statusCode()).isEqualTo(503);
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(503);
            assertThat(watchdog.metrics()).contains("http_requests_in_flight 0\n");
            old.send(REQUEST);
            assertThat(old.readResponse()).contains("\r\nConnection: close\r\n").endsWith("hi");
            assertThat(old.closedByPeer()).isTrue();
            try (RawClient late = watchdog.connect()) {
                late.send(REQUEST);
                assertThat(late.readResponse())
                        .contains("\r\nConnection: close\r\n")
                        .endsWith("hi");
            }
            try (RawClient late = watchdog.connect()) {
                late.send("GET /_/health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
                assertThat(late.readToEnd()).startsWith("HTTP/1.0 503 ").contains("\r\nConnection: close\r\n");
            }
            try (RawClient late = watchdog.connect()) {
                late.send("GET /_/health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
                assertThat(late.readToEnd()).startsWith("HTTP/1.0 503 ").contains("\r\nConnection: close\r\n");
            }
            assertThat(first).isNotDone();

            // The second signal ends the wait.
            assertThat(watchdog.stop(Cause.SIGTERM)).isEqualTo(128 + 15);
            assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(128 + 15);
        }
    }

    /** Proves specification 7.6. */
    @Test
    void theResponseToARequestFromBeforeTheShutdownCarriesConnectionClose() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = holdingResponses(entered, release);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "healthcheck_interval", "1m");
                RawClient client = watchdog.connect()) {
            client.send(REQUEST);
            entered.await();
            CompletableFuture<Integer> stopping = stop(watchdog, Cause.SIGTERM);
            watchdog.log().awaitLine("SIGTERM");
            release.countDown();

            assertThat(client.readResponse())
                    .contains("\r\nConnection: close\r\n")
                    .endsWith("hi");
            watchdog.stop(Cause.SIGINT);
            assertThat(stopping.get(10, TimeUnit.SECONDS)).isEqualTo(128 + 2);
        }
    }

    /** Proves specification 7.6. */
    @Test
    void pipelinedRequestsBehindAResponseWithConnectionCloseAreNotServed() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "healthcheck_interval", "1m");
                RawClient client = watchdog.connect()) {
            CompletableFuture<Integer> stopping = stop(watchdog, Cause.SIGTERM);
            watchdog.log().awaitLine("SIGTERM");
            assertThat(stopping).isNotDone();
            client.send(REQUEST.repeat(20));

            // One response, which announces that it is the last; the client can send the other requests on a new
            // connection.
            assertThat(client.readToEnd())
                    .containsOnlyOnce("HTTP/1.1 200 OK\r\n")
                    .contains("\r\nConnection: close\r\n")
                    .endsWith("hi");
            watchdog.stop(Cause.SIGTERM);
        }
    }

    /** Proves specification 3.47, 3.48, 7.8, 7.9. */
    @Test
    void theDrainRefusesConnectionsClosesIdleOnesAndLetsRequestsInFlightEnd() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        Path sigtermReceived = temporary.resolve("told");
        Path started = temporary.resolve("started");
        String recordsSigterm = "sh -c 'trap \"touch %s; exit 7\" TERM; touch %s; while :; do sleep 0.01; done'"
                .formatted(sigtermReceived, started);
        try (ScriptedFunction function = holdingResponses(entered, release);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function, "fprocess", recordsSigterm, "healthcheck_interval", "50ms", "write_timeout", "30s");
                RawClient busy = watchdog.connect();
                RawClient idle = watchdog.connect();
                RawClient half = watchdog.connect()) {
            busy.send(REQUEST);
            entered.await();
            idle.send("GET /_/health HTTP/1.1\r\nHost: h\r\n\r\n");
            idle.readResponse();
            half.send("GET / HT");
            Polling.until(PATIENCE, () -> Files.exists(started));
            CompletableFuture<Integer> stopping = stop(watchdog, Cause.SIGTERM);

            assertThat(watchdog.log().awaitLine("draining"))
                    .endsWith("No new connections allowed, draining: 1 requests");
            Polling.until(PATIENCE, () -> refusesConnections(watchdog));
            assertThat(idle.closedByPeer()).isTrue();
            assertThat(half.closedByPeer()).isTrue();
            assertThat(sigtermReceived).doesNotExist();
            assertThat(stopping).isNotDone();

            release.countDown();
            assertThat(busy.readResponse())
                    .contains("\r\nConnection: close\r\n")
                    .endsWith("hi");
            assertThat(stopping.get(10, TimeUnit.SECONDS)).isZero();
            assertThat(sigtermReceived).exists();
            assertThat(watchdog.log().awaitLine("Exiting")).endsWith("Exiting. Active connections: 0");
            assertThat(watchdog.log().contains("Forked function has terminated"))
                    .isFalse();
            assertThat(watchdog.watchdog().functionEnded().toCompletableFuture())
                    .isNotDone();
        }
    }

    /** Proves specification 7.8. */
    @Test
    void aClientThatConnectedOrSentPartOfAHeadJustBeforeTheDrainIsServed() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "30s");
                RawClient reused = watchdog.connect()) {
            reused.send(REQUEST);
            reused.readResponse();
            try (RawClient fresh = watchdog.connect()) {
                reused.send(REQUEST.substring(0, 10));
                CompletableFuture<Integer> stopping = stop(watchdog, Cause.SIGINT);
                watchdog.log().awaitLine("draining: 0 requests");

                fresh.send(REQUEST);
                assertThat(fresh.readToEnd())
                        .contains("\r\nConnection: close\r\n")
                        .endsWith("hi");
                reused.send(REQUEST.substring(10));
                assertThat(reused.readToEnd())
                        .contains("\r\nConnection: close\r\n")
                        .endsWith("hi");
                assertThat(stopping.get(10, TimeUnit.SECONDS)).isZero();
            }
        }
    }

    /** Proves specification 7.8. */
    @Test
    void theDrainWaitsOnlyBrieflyForTheRequestOfAClientThatHasConnected() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "1h");
                RawClient silent = watchdog.connect()) {
            assertThat(stop(watchdog, Cause.SIGINT).get(10, TimeUnit.SECONDS)).isZero();
            assertThat(silent.closedByPeer()).isTrue();
        }
    }

    /** Proves specification 7.7. */
    @Test
    void aScrapeWhoseClientConnectedBeforeTheMetricsPortClosesIsServed() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient scraper = RawClient.to(InetAddress.getLoopbackAddress(), watchdog.metricsPort())) {
            CompletableFuture<Integer> stopping = stop(watchdog, Cause.SIGINT);
            watchdog.log().awaitLine("Exiting");

            scraper.send("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(scraper.readToEnd())
                    .startsWith("HTTP/1.1 200 ")
                    .contains("\r\nConnection: close\r\n", "http_requests_in_flight 0\n");
            assertThat(stopping.get(10, TimeUnit.SECONDS)).isZero();
        }
    }

    /** Proves specification 7.9. */
    @Test
    void aConnectionWhoseResponseBeganBeforeTheDrainIsClosedWhenTheResponseEnds() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        CountDownLatch releaseOther = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    String head = connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
                    (head.contains("/other") ? releaseOther : release).await();
                    connection.send("4\r\nlast\r\n0\r\n\r\n");
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "30s");
                RawClient one = watchdog.connect();
                RawClient other = watchdog.connect()) {
            one.send(REQUEST);
            assertThat(one.readUntil("first\r\n")).doesNotContain("Connection:");
            other.send("GET /other HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(other.readUntil("first\r\n")).doesNotContain("Connection:");
            CompletableFuture<Integer> stopping = stop(watchdog, Cause.SIGTERM);
            watchdog.log().awaitLine("draining: 2 requests");

            release.countDown();
            assertThat(one.readToEnd()).endsWith("last\r\n0\r\n\r\n");
            assertThat(stopping).isNotDone();
            releaseOther.countDown();
            assertThat(other.readToEnd()).endsWith("last\r\n0\r\n\r\n");
            assertThat(stopping.get(10, TimeUnit.SECONDS)).isZero();
        }
    }

    /** Proves specification 1.18, 7.9. */
    @Test
    void theDrainLastsNoLongerThanWriteTimeout() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        try (ScriptedFunction function = holdingResponses(entered, new CountDownLatch(1));
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "200ms");
                RawClient client = watchdog.connect()) {
            client.send(REQUEST);
            entered.await();

            assertThat(stop(watchdog, Cause.SIGTERM).get(10, TimeUnit.SECONDS)).isZero();
            assertThat(client.closedByPeer()).isTrue();
            assertThat(watchdog.log().awaitLine("Exiting")).endsWith("Exiting. Active connections: 1");
        }
    }

    /** Proves specification 6.4, 7.9. */
    @Test
    void requestsThatAreCutOffAtTheEndOfTheDrainAreLoggedWithStatus503() throws Exception {
        CountDownLatch entered = new CountDownLatch(2);
        CountDownLatch never = new CountDownLatch(1);
        try (ScriptedFunction function = holdingResponses(entered, never);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "50ms");
                RawClient client = watchdog.connect();
                Http2Streams streams = Http2Streams.of(watchdog)) {
            client.send(REQUEST);
            streams.get("/stream");
            assertThat(entered.await(15, TimeUnit.SECONDS)).isTrue();

            assertThat(watchdog.stop(Cause.SIGINT)).isZero();

            assertThat(client.closedByPeer()).isTrue();
            assertThat(watchdog.log().awaitLine("/call")).contains("GET /call - 503 Service Unavailable - ");
            assertThat(watchdog.log().awaitLine("/stream")).contains("GET /stream - 503 Service Unavailable - ");
        }
    }

    /** Proves specification 7.9. */
    @Test
    void theShutdownEndsAsSoonAsNoRequestIsInFlight() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "1h");
                RawClient idle = watchdog.connect()) {
            idle.send(REQUEST);
            idle.readResponse();

            assertThat(stop(watchdog, Cause.SIGTERM).get(10, TimeUnit.SECONDS)).isZero();
        }
    }

    /** Proves specification 7.10. */
    @Test
    void sigintStartsTheDrainWithoutTheHealthcheckInterval() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = holdingResponses(entered, release);
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "healthcheck_interval", "1h", "write_timeout", "30s");
                RawClient client = watchdog.connect()) {
            client.send(REQUEST);
            entered.await();
            CompletableFuture<Integer> stopping = stop(watchdog, Cause.SIGINT);

            Polling.until(PATIENCE, () -> refusesConnections(watchdog));
            assertThat(stopping).isNotDone();
            release.countDown();
            assertThat(client.readResponse()).endsWith("hi");
            assertThat(stopping.get(10, TimeUnit.SECONDS)).isZero();
        }
    }

    /** Proves specification 7.11. */
    @Test
    void aSecondSignalKillsTheFunctionAtOnce() throws Exception {
        Path pid = temporary.resolve("pid");
        String stubborn = "sh -c 'trap \"\" TERM; echo $$ > " + pid + "; while :; do sleep 0.01; done'";
        CountDownLatch entered = new CountDownLatch(1);
        try (ScriptedFunction function = holdingResponses(entered, new CountDownLatch(1));
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "fprocess", stubborn, "write_timeout", "1h");
                RawClient client = watchdog.connect()) {
            client.send(REQUEST);
            entered.await();
            Polling.until(PATIENCE, () -> Files.exists(pid) && Files.size(pid) > 0);
            long process = Long.parseLong(Files.readString(pid).strip());
            CompletableFuture<Integer> first = stop(watchdog, Cause.SIGTERM);
            watchdog.log().awaitLine("draining");

            assertThat(watchdog.stop(Cause.SIGINT)).isEqualTo(128 + 2);
            assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo(128 + 2);
            Polling.until(
                    PATIENCE,
                    () -> ProcessHandle.of(process)
                            .filter(ProcessHandle::isAlive)
                            .isEmpty());
            assertThat(client.closedByPeer()).isTrue();
        }
    }
}
