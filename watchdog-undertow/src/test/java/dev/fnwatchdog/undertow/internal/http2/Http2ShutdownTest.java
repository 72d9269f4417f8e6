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

/** How a watchdog stops, as clients of HTTP/2 see it (contract 7). */
class Http2ShutdownTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final String NO_ERROR = "\0\0\0\0";
    private static final String REFUSED_STREAM = "\0\0\0\7";

    private static CompletableFuture<Integer> stop(RunningWatchdog watchdog) {
        return CompletableFuture.supplyAsync(() -> watchdog.stop(Cause.SIGTERM));
    }

    private static Frame goAway(int lastStream) {
        return new Frame(Http2Frames.GOAWAY, 0, 0, "\0\0\0" + (char) lastStream + NO_ERROR);
    }

    /** Two GOAWAY frames: that the connection ends, and which stream is its last (RFC 9113, section 6.8). */
    private static void assertLeaves(Http2Client client, int lastStream) throws IOException {
        assertThat(client.next().payload()).isEqualTo("\u007f\u00ff\u00ff\u00ff" + NO_ERROR);
        assertThat(client.next()).isEqualTo(goAway(lastStream));
    }

    @Test
    void letsStreamsEndAndSaysGoodbyeThen() throws Exception {
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
            assertLeaves(client, 3);
            release.countDown();

            assertThat(client.responses(1, 3).values()).allMatch(response -> response.endsWith("hi"));
            assertThat(client.connection().readToEnd()).isEmpty();
            assertThat(stopping.get(10, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    void refusesNewStreamsOnceItDrains() throws Exception {
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

            assertLeaves(client, 1);
            assertThat(client.next()).isEqualTo(new Frame(Http2Frames.RST_STREAM, 0, 3, REFUSED_STREAM));
            release.countDown();
            assertThat(client.response(1)).endsWith("hi");
            assertThat(client.connection().readToEnd()).isEmpty();
            assertThat(stopping.get(10, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    void servesStreamsThatComeBeforeTheClientKnowsOfTheEnd() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.get(1, "/call");
            assertThat(client.response(1)).endsWith("hi");
            CompletableFuture<Integer> stopping = stop(watchdog);
            assertThat(client.next().type()).isEqualTo(Http2Frames.GOAWAY);
            client.get(3, "/call");
            client.acknowledgePing();

            Map<Integer, String> all = client.responses(3);
            assertThat(all.get(3)).endsWith("hi");
            assertThat(all.get(0)).contains(goAway(3).payload());
            assertThat(client.connection().readToEnd()).isEmpty();
            assertThat(stopping.get(10, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    void saysGoodbyeToIdleConnections() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Client used = Http2Client.on(watchdog.connect());
                Http2Client fresh = Http2Client.on(watchdog.connect())) {
            used.get(1, "/call");
            assertThat(used.response(1)).endsWith("hi");
            fresh.send(Http2Frames.PING, 0, 0, new byte[8]);
            fresh.awaitPing();
            CompletableFuture<Integer> stopping = stop(watchdog);

            assertLeaves(used, 1);
            assertThat(used.connection().readToEnd()).isEmpty();
            assertLeaves(fresh, 0);
            assertThat(fresh.connection().readToEnd()).isEmpty();
            assertThat(stopping.get(10, TimeUnit.SECONDS)).isZero();
        }
    }

    @Test
    void servesStreamsForTheInterval() throws Exception {
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
