package dev.fnwatchdog.undertow.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.health.Shutdown.Cause;
import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Http2Frames.Frame;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A graceful shutdown as HTTP/2 clients see it. Proves specification 7.5, 7.8, 7.12. */
class Http2ShutdownTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final String NO_ERROR = "\0\0\0\0";
    private static final String REFUSED_STREAM = "\0\0\0\7";

    /** How long the server waits for the acknowledgement of its PING. */
    private static final long ANNOUNCEMENT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static CompletableFuture<Integer> stop(RunningWatchdog watchdog) {
        return CompletableFuture.supplyAsync(() -> watchdog.stop(Cause.SIGTERM));
    }

    private static Frame goAway(int lastStream) {
        return new Frame(Http2Frames.GOAWAY, 0, 0, "\0\0\0" + (char) lastStream + NO_ERROR);
    }

    /** Asserts two GOAWAY frames: the first announces the end, the second names the last stream (RFC 9113 6.8). */
    private static void assertTwoGoawayFrames(Http2Client client, int lastStream) throws IOException {
        assertThat(client.next().payload()).isEqualTo("\u007f\u00ff\u00ff\u00ff" + NO_ERROR);
        assertThat(client.next()).isEqualTo(goAway(lastStream));
    }

    /** Proves specification 7.9, 7.12. */
    @Test
    void openHttp2StreamsAreServedBeforeTheConnectionClosesAtShutdown() throws Exception {
        CountDownLatch entered = new CountDownLatch(2);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    entered.countDown();
                    release.await();
                    connection.send(OK);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "30s");
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.get(1, "/call");
            client.get(3, "/call");
            entered.await();
            CompletableFuture<Integer> stopping = stop(watchdog);
            watchdog.log().awaitLine("draining: 2 requests");
            assertThat(stopping).isNotDone();
            assertTwoGoawayFrames(client, 3);
            release.countDown();

            assertThat(client.responses(1, 3).values()).allMatch(response -> response.endsWith("hi"));
            assertThat(client.connection().readToEnd()).isEmpty();
            assertThat(stopping.get(10, TimeUnit.SECONDS)).isZero();
        }
    }

    /** Proves specification 7.12. */
    @Test
    void http2StreamBeyondTheLastAnnouncedOneIsRefusedDuringADrain() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    entered.countDown();
                    release.await();
                    connection.send(OK);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "30s");
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.get(1, "/call");
            entered.await();
            CompletableFuture<Integer> stopping = stop(watchdog);
            watchdog.log().awaitLine("draining: 1 requests");
            client.get(3, "/call");

            assertTwoGoawayFrames(client, 1);
            assertThat(client.next()).isEqualTo(new Frame(Http2Frames.RST_STREAM, 0, 3, REFUSED_STREAM));
            release.countDown();
            assertThat(client.response(1)).endsWith("hi");
            assertThat(client.connection().readToEnd()).isEmpty();
            assertThat(stopping.get(10, TimeUnit.SECONDS)).isZero();
        }
    }

    /** Proves specification 7.12. */
    @Test
    void http2StreamOpenedBeforeTheClientAcknowledgesThePingIsServed() throws Exception {
        for (int attempt = 0; attempt < 10; attempt++) {
            if (openStreamWithinShutdown()) {
                return;
            }
        }
        throw new AssertionError(
                "the machine is too slow: each attempt took longer than the server waits for a client");
    }

    /** Returns false where the server may have waited for the client for as long as it does. */
    private static boolean openStreamWithinShutdown() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.get(1, "/call");
            assertThat(client.response(1)).endsWith("hi");
            long start = System.nanoTime();
            CompletableFuture<Integer> stopping = stop(watchdog);
            assertThat(client.next().type()).isEqualTo(Http2Frames.GOAWAY);
            client.get(3, "/call");
            client.acknowledgePing();

            Map<Integer, String> all = client.responses(3);
            if (System.nanoTime() - start >= ANNOUNCEMENT_NANOS) {
                return false;
            }
            assertThat(all.get(3)).endsWith("hi");
            // It may follow the response.
            String last = all.containsKey(0) ? all.get(0) : client.next().payload();
            assertThat(last).contains(goAway(3).payload());
            assertThat(client.connection().readToEnd()).isEmpty();
            assertThat(stopping.get(10, TimeUnit.SECONDS)).isZero();
            return true;
        }
    }

    /** Proves specification 7.8, 7.12. */
    @Test
    void idleHttp2ConnectionsGetTwoGoawayFramesAndCloseAtShutdown() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Client used = Http2Client.on(watchdog.connect());
                Http2Client fresh = Http2Client.on(watchdog.connect())) {
            used.get(1, "/call");
            assertThat(used.response(1)).endsWith("hi");
            fresh.send(Http2Frames.PING, 0, 0, new byte[8]);
            fresh.awaitPing();
            CompletableFuture<Integer> stopping = stop(watchdog);

            assertTwoGoawayFrames(used, 1);
            assertThat(used.connection().readToEnd()).isEmpty();
            assertTwoGoawayFrames(fresh, 0);
            assertThat(fresh.connection().readToEnd()).isEmpty();
            assertThat(stopping.get(10, TimeUnit.SECONDS)).isZero();
        }
    }

    /** Proves specification 7.5. */
    @Test
    void newHttp2StreamsAreServedDuringTheHealthcheckIntervalAfterSigterm() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "healthcheck_interval", "1m");
                Http2Client client = Http2Client.on(watchdog.connect())) {
            CompletableFuture<Integer> stopping = stop(watchdog);
            watchdog.log().awaitLine("SIGTERM");
            for (int stream = 1; stream < 10; stream += 2) {
                client.get(stream, "/call");
                assertThat(client.response(stream)).doesNotContain("connection").endsWith("hi");
            }
            client.get(11, "/_/health");
            assertThat(client.response(11)).contains(":status: 503\n");

            watchdog.stop(Cause.SIGTERM);
            assertThat(stopping.get(10, TimeUnit.SECONDS)).isEqualTo(128 + 15);
        }
    }
}
