package dev.fnwatchdog.undertow.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.WatchdogBuilder;
import dev.fnwatchdog.undertow.WatchdogInternals;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.internal.io.IoBuffers;
import dev.fnwatchdog.undertow.internal.io.IoWorker;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import io.undertow.connector.PooledByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Requests and connections for which there is no memory are refused. Proves specification 7.21, 7.22. */
class MemoryLimitTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    /** Room for so many connections with a request, and for one more connection without a request. */
    private static final int REQUESTS = 8;

    private static final int OF_CONNECTION = 4 * 1024;
    private static final long FIVE_EIGHTHS =
            REQUESTS * (OF_CONNECTION + MemoryLimitHandler.REQUEST_BYTES) + OF_CONNECTION;

    private static RunningWatchdog inFrontOf(ScriptedFunction function, UnaryOperator<WatchdogBuilder> limits)
            throws Exception {
        return RunningWatchdog.started(
                limits,
                "mode",
                "http",
                "fprocess",
                "sleep 600",
                "http_upstream_url",
                "http://127.0.0.1:" + function.port());
    }

    private static RunningWatchdog withHeapOf(long bytes, ScriptedFunction function) throws Exception {
        return inFrontOf(function, builder -> WatchdogInternals.memory(builder, MemoryShares.ofHeap(bytes)));
    }

    private static void assertRefusedWith503(String response) {
        assertThat(response)
                .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                .contains(
                        "\r\nX-OpenFaaS-Internal: of-watchdog\r\n",
                        "\r\nRetry-After: 1\r\n",
                        "\r\nContent-Type: text/plain")
                .endsWith("\r\n\r\nnot enough memory for further requests\n");
    }

    /** Proves specification 7.22. */
    @Test
    void requestIs503AndANewConnectionIsClosedWhileOtherRequestsUseFiveEighthsOfTheHeap() throws Exception {
        Semaphore entered = new Semaphore(0);
        CountDownLatch release = new CountDownLatch(1);
        List<RawClient> served = new ArrayList<>();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        connection.readHead();
                        entered.release();
                        release.await();
                        connection.send(OK);
                    }
                });
                RunningWatchdog watchdog = withHeapOf(FIVE_EIGHTHS / 5 * 8 + 8, function)) {
            for (int i = 0; i < REQUESTS; i++) {
                served.add(watchdog.connect().send(GET));
                assertThat(entered.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            }
            try (RawClient refused = watchdog.connect()) {
                assertRefusedWith503(refused.send(GET).readResponse());
                try (RawClient closed = watchdog.connect()) {
                    assertThat(closed.closedByPeer()).isTrue();
                }

                release.countDown();
                for (RawClient client : served) {
                    assertThat(client.readResponse()).endsWith("hi");
                }
                Polling.until(PATIENCE, () -> refused.send(GET).readResponse().endsWith("hi"));
            }
            Polling.until(PATIENCE, () -> watchdog.log().contains("GET / - 503 Service Unavailable - "));
        } finally {
            for (RawClient client : served) {
                client.close();
            }
        }
    }

    /** Undertow's parser keeps memory in proportion to the longest line. Proves specification 7.21. */
    @Test
    void longHeadIs431WhileIdleConnectionsKeepTheMemoryOfEarlierLongHeads() throws Exception {
        String longHead = "GET / HTTP/1.1\r\nHost: h\r\nA: " + "x".repeat(32 * 1024) + "\r\n\r\n";
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = withHeapOf(1024 * 1024, function)) {
            try (RawClient first = watchdog.connect();
                    RawClient second = watchdog.connect();
                    RawClient refused = watchdog.connect()) {
                assertThat(first.send(longHead).readResponse()).endsWith("hi");
                // When the next request is served, the memory of the one before is released.
                assertThat(first.send(GET).readResponse()).endsWith("hi");
                assertThat(second.send(longHead).readResponse()).endsWith("hi");

                assertThat(refused.send(longHead).readUntilClosedOrReset()).startsWith("HTTP/1.1 431 ");
                assertThat(first.send(GET).readResponse()).endsWith("hi");
            }
            Polling.until(PATIENCE, () -> watchdog.responseTo(longHead).endsWith("hi"));
        }
    }

    /** Proves specification 7.22 for buffers outside the heap. */
    @Test
    void requestIs503WhileBuffersUseHalfOfTheMemoryOutsideTheHeap() throws Exception {
        int most = 200;
        IoBuffers buffers =
                new IoBuffers(IoBuffers.USUAL_SIZE, IoWorker.ioThreads(), (long) most * IoBuffers.USUAL_SIZE);
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = inFrontOf(function, builder -> WatchdogInternals.buffers(builder, buffers));
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readResponse()).endsWith("hi");
            List<PooledByteBuffer> used = IntStream.rangeClosed(0, most / 2)
                    .mapToObj(i -> buffers.allocate())
                    .toList();

            assertRefusedWith503(client.send(GET).readResponse());

            used.forEach(PooledByteBuffer::close);
            assertThat(client.send(GET).readResponse()).endsWith("hi");
        }
    }

    /** Proves specification 7.21. */
    @Test
    void headThatDoesNotFitIntoAQuarterOfTheHeapIs431AndOtherRequestsAreServed() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        if (connection.readHead().startsWith("GET /slow ")) {
                            entered.countDown();
                            release.await();
                        }
                        connection.send(OK);
                    }
                });
                RunningWatchdog watchdog = withHeapOf(1 << 20, function);
                RawClient slow = watchdog.connect();
                RawClient other = watchdog.connect()) {
            // A byte of a head counts four times: 160 KB of 256 KiB are in use while this request is served.
            slow.send(withLongHead("/slow"));
            assertThat(entered.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

            try (RawClient refused = watchdog.connect()) {
                assertThat(refused.send(withLongHead("/refused")).readUntilClosedOrReset())
                        .startsWith("HTTP/1.1 431 Request Header Fields Too Large\r\n")
                        .contains("\r\nConnection: close\r\n");
            }
            assertThat(other.send(GET).readResponse()).endsWith("hi");

            release.countDown();
            assertThat(slow.readResponse()).endsWith("hi");
            Polling.until(PATIENCE, () -> isServed(watchdog, withLongHead("/")));
        }
    }

    private static boolean isServed(RunningWatchdog watchdog, String request) throws Exception {
        try (RawClient client = watchdog.connect()) {
            return client.send(request).readResponse().endsWith("hi");
        }
    }

    private static String withLongHead(String path) {
        return "GET %s HTTP/1.1\r\nHost: h\r\nX-Long: %s\r\n\r\n".formatted(path, "v".repeat(40_000));
    }
}
