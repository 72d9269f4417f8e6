package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A disconnect releases the permit and closes the upstream connection within a second. Proves specification 3.45, 9.18.
 *
 * <p>A busy machine may delay one attempt; a timer of the watchdog that is longer than a second would delay all of them.
 */
class ClientDisconnectDelayTest {
    private static final int ATTEMPTS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private final Semaphore reached = new Semaphore(0);

    /** Connections that stay open: one without a reference may be collected, and so closed. */
    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void closeConnections() throws Exception {
        for (AutoCloseable connection : open) {
            connection.close();
        }
    }

    /** Sends a request and disconnects; returns the {@link System#nanoTime()} of the disconnect. */
    private interface Disconnect {
        long of(RunningWatchdog watchdog) throws Exception;
    }

    private ScriptedFunction sending(String response) throws Exception {
        return ScriptedFunction.serving(connection -> {
            connection.readHead();
            connection.send(response);
            reached.release();
            connection.closedByPeer();
        });
    }

    private void awaitReached() throws InterruptedException {
        assertThat(reached.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    private static void assertEndsWithinASecond(ScriptedFunction function, Disconnect disconnect) throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1")) {
            long millis = Long.MAX_VALUE;
            for (int attempt = 0; attempt < ATTEMPTS && millis > 1000; attempt++) {
                long disconnected = disconnect.of(watchdog);
                // Readiness is 429 until the permit is released.
                Polling.until(
                        PATIENCE,
                        () -> watchdog.get("/_/ready").statusCode() == 200
                                && watchdog.metric("watchdog_upstream_connections") == 0);
                millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - disconnected);
            }
            assertThat(millis).isLessThanOrEqualTo(1000);
        }
    }

    /** Proves specification 3.45. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npiece",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n"
            })
    void disconnectReleasesThePermitAndTheUpstreamConnectionWithinASecond(String response) throws Exception {
        try (ScriptedFunction function = sending(response)) {
            assertEndsWithinASecond(function, watchdog -> {
                try (RawClient client = watchdog.connect()) {
                    client.send(GET);
                    awaitReached();
                }
                return System.nanoTime();
            });
        }
    }

    /** Proves specification 3.45. */
    @Test
    void halfCloseByTheClientReleasesThePermitAndTheUpstreamConnectionWithinASecond() throws Exception {
        try (ScriptedFunction function = sending("")) {
            assertEndsWithinASecond(function, watchdog -> {
                RawClient client = watchdog.connect();
                open.add(client);
                client.send(GET);
                awaitReached();
                client.socket().shutdownOutput();
                return System.nanoTime();
            });
        }
    }

    /** Proves specification 3.45. */
    @Test
    void disconnectDuringAnUploadThatTheFunctionDoesNotReadReleasesThePermitWithinASecond() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
            connection.readHead();
            end.await();
        })) {
            assertEndsWithinASecond(function, watchdog -> {
                RawClient client = watchdog.connect();
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000000\r\n\r\n");
                client.sendUntilBlocked(64 << 20);
                client.reset();
                return System.nanoTime();
            });
            end.countDown();
        }
    }

    /** Proves specification 3.45, 9.18. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void http2StreamOrConnectionThatEndsReleasesThePermitWithinASecond(boolean streamAlone) throws Exception {
        try (ScriptedFunction function = sending("")) {
            assertEndsWithinASecond(function, watchdog -> {
                Http2Streams client = Http2Streams.of(watchdog);
                open.add(client);
                int stream = client.get("/");
                awaitReached();
                if (streamAlone) {
                    client.reset(stream);
                } else {
                    client.close();
                }
                return System.nanoTime();
            });
        }
    }
}
