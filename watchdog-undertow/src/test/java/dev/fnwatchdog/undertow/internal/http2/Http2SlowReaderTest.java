package dev.fnwatchdog.undertow.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.fixture.SocketQueues;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** HTTP/2 connections whose clients read slowly, or not at all. Proves specification 9.14. */
class Http2SlowReaderTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration STALLED = Duration.ofSeconds(1);
    private static final int LARGE_BODY = 48 << 20;
    /** Twice what the kernel holds for both sides, at most. */
    private static final int MOST_AHEAD = 12 << 20;

    private static final String LARGE_FIELD = "X-Large: " + "v".repeat(200_000) + "\r\n";

    private static ScriptedFunction largeUnlessSmall(AtomicInteger small) throws IOException {
        byte[] piece = new byte[64 * 1024];
        return ScriptedFunction.serving(connection -> {
            while (true) {
                if (connection.readHead().contains(" /large ")) {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(LARGE_BODY));
                    connection.sendTimes(piece, LARGE_BODY / piece.length);
                } else {
                    small.incrementAndGet();
                    connection.send("HTTP/1.1 200 OK\r\n" + LARGE_FIELD + "Content-Length: 2\r\n\r\nhi");
                }
            }
        });
    }

    /** Proves specification 9.14. */
    @Test
    void aConnectionWhoseClientReadsNothingIsReadNoFurtherAndServedInFullOnceTheClientReads() throws Exception {
        AtomicInteger seen = new AtomicInteger();
        try (ScriptedFunction function = largeUnlessSmall(seen);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.withoutFlowControl(watchdog)) {
            List<Integer> streams = new ArrayList<>();
            do {
                streams.add(client.get("/small"));
            } while (streams.size() < 240 && isReached(seen, streams.size()));

            assertThat(seen).hasValueLessThan(streams.size());
            for (int stream : streams) {
                assertThat(client.head(stream)).contains(":status: 200");
                assertThat(client.body(stream)).isEqualTo("hi");
            }
            assertThat(seen).hasValue(streams.size());
        }
    }

    private static boolean isReached(AtomicInteger seen, int expected) {
        long deadline = System.nanoTime() + STALLED.toNanos();
        while (seen.get() < expected && System.nanoTime() < deadline) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        return seen.get() >= expected;
    }

    /** Proves specification 3.24. */
    @Test
    void aHeadThatFoundTheConnectionFullReachesTheClientBeforeItsBodyOnceTheClientReads() throws Exception {
        CountDownLatch full = new CountDownLatch(1);
        CountDownLatch headTaken = new CountDownLatch(1);
        CountDownLatch headRead = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    if (connection.readHead().contains(" /large ")) {
                        connection.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
                        if (connection.sendUntilBlocked(LARGE_BODY) < LARGE_BODY) {
                            full.countDown();
                        }
                    } else {
                        connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n");
                        Polling.until(PATIENCE, () -> SocketQueues.unreadByPeer(connection.socket()) == 0);
                        headTaken.countDown();
                        headRead.await();
                        connection.send("hi");
                    }
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "1m");
                Http2Streams client = Http2Streams.withoutFlowControl(watchdog)) {
            client.get("/large");
            assertThat(full.await(20, TimeUnit.SECONDS)).isTrue();
            int waiting = client.get("/waiting");
            assertThat(headTaken.await(10, TimeUnit.SECONDS)).isTrue();

            assertThat(client.head(waiting)).contains(":status: 200");

            headRead.countDown();
            assertThat(client.body(waiting)).isEqualTo("hi");
        }
    }

    /** Proves specification 9.14. */
    @Test
    void aShortResponseOvertakesALongOneOfTheSameConnection() throws Exception {
        try (ScriptedFunction function = largeUnlessSmall(new AtomicInteger());
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "1m");
                Http2Streams client = Http2Streams.withoutFlowControl(watchdog)) {
            int large = client.get("/large");
            client.head(large);
            client.next(large);
            int small = client.get("/small");

            assertThat(client.head(small)).contains(":status: 200");
            client.send(Http2Frames.PING, 0, 0, new byte[8]);
            client.awaitPing();
            assertThat(client.received(large)).isLessThan(MOST_AHEAD);
            assertThat(client.body(small)).isEqualTo("hi");
        }
    }

    /** Proves specification 9.14. */
    @Test
    void aStreamThatIsBlockedByItsWindowDoesNotStopTheOthersOfItsConnection() throws Exception {
        try (ScriptedFunction function = largeUnlessSmall(new AtomicInteger());
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "1m");
                Http2Streams client = Http2Streams.withWindow(watchdog, 1000)) {
            int blocked = client.get("/large");
            client.head(blocked);
            assertThat(client.next(blocked).payload()).hasSize(1000);

            for (int i = 0; i < 3; i++) {
                int small = client.get("/small");
                assertThat(client.head(small)).contains(":status: 200");
                assertThat(client.body(small)).isEqualTo("hi");
            }
            assertThat(client.received(blocked)).isZero();
        }
    }

    @Test
    void anInterimResponseBehindAFullSocketCostsNoProcessorTime() throws Exception {
        try (ScriptedFunction function = largeUnlessSmall(new AtomicInteger());
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function, "write_timeout", "1m", "read_timeout", "1m", "exec_timeout", "1m");
                Http2Streams client = Http2Streams.withoutFlowControl(watchdog)) {
            client.get("/large");
            Polling.until(PATIENCE, Http2SlowReaderTest::ioThreadsRest);
            for (int i = 0; i < 5; i++) {
                int stream = client.post("/small", "expect: 100-continue");
                client.data(stream, "hello", false);
            }

            Polling.until(PATIENCE, Http2SlowReaderTest::ioThreadsRest);
        }
    }

    /** Whether the I/O threads use less than a tenth of the time. */
    private static boolean ioThreadsRest() {
        long before = cpuNanos();
        long begin = System.nanoTime();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
        return cpuNanos() - before < (System.nanoTime() - begin) / 10;
    }

    private static long cpuNanos() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long total = 0;
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().contains("I/O")) {
                total += Math.max(0, threads.getThreadCpuTime(thread.getThreadId()));
            }
        }
        return total;
    }

    @Test
    void namesThatCollideInAHashTableEndTheirStreamAloneOrAreServed() throws Exception {
        try (ScriptedFunction function =
                        ScriptedFunction.respondingWith("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            List<String> head = new ArrayList<>(List.of(":method: GET", ":scheme: http", ":authority: h", ":path: /"));
            for (int i = 0; i < 32; i++) {
                StringBuilder name = new StringBuilder();
                for (int bit = 0; bit < 5; bit++) {
                    name.append((i >> bit & 1) == 0 ? "ar" : "ba");
                }
                head.add(name + ": v");
            }
            int colliding = client.request(true, head.toArray(String[]::new));
            int other = client.get("/");

            assertThat(client.head(colliding)).containsAnyOf(":status: 200", ":status: 431");
            assertThat(client.head(other)).contains(":status: 200");
            assertThat(client.body(other)).isEqualTo("hi");
        }
    }
}
