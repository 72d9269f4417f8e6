package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.WatchdogInternals;
import dev.fnwatchdog.undertow.fixture.ForkingWatchdog;
import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.Sleeper;
import java.io.File;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xnio.XnioWorker;

/** Contract 4: a client goes away, and the process and everything that it started are killed, its place given back. */
class ForkClientDisconnectTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private final Sleeper child = new Sleeper();
    private final Sleeper daemon = new Sleeper();

    private String thatSleeps(String begin) {
        return "%s; (setsid %s &); exec %s".formatted(begin, daemon.command(), child.command());
    }

    private void awaitStart() {
        child.awaitStart();
        daemon.awaitStart();
    }

    private void assertAllIsOver(RunningWatchdog watchdog) {
        child.awaitEnd();
        daemon.awaitEnd();
        watchdog.awaitIdle();
        watchdog.log().awaitLine(" / - ");
        assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("signal: killed"));
    }

    @ParameterizedTest
    @EnumSource
    void beforeTheProcessHasStarted(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(thatSleeps("true"))) {
            for (int i = 0; i < 20; i++) {
                try (RawClient client = watchdog.connect()) {
                    client.send(GET);
                    if (i % 2 == 0) {
                        client.reset();
                    }
                }
            }
            // One that was not even read is no call.
            watchdog.awaitIdle();
            assertAllIsOver(watchdog);
        }
    }

    @ParameterizedTest
    @EnumSource
    void descriptorsAreReleasedAtOnceWhereAClientLeavesBeforeAWorkerStartsItsProcess(ForkingWatchdog mode)
            throws Exception {
        CountDownLatch workersAreFree = new CountDownLatch(1);
        try (RunningWatchdog watchdog = mode.running("echo hi")) {
            XnioWorker worker = WatchdogInternals.worker(watchdog.watchdog());
            for (int i = 0; i < worker.getMXBean().getMaxWorkerPoolSize(); i++) {
                worker.execute(() -> await(workersAreFree));
            }
            int before = descriptors();
            for (int i = 0; i < 100; i++) {
                try (RawClient client = watchdog.connect()) {
                    client.send(GET);
                }
            }
            Polling.until(Duration.ofSeconds(5), () -> descriptors() < before + 50);
            workersAreFree.countDown();
            watchdog.awaitIdle();
            assertThat(watchdog.get("/").body()).isEqualTo("hi\n");
        } finally {
            workersAreFree.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int descriptors() {
        return Objects.requireNonNull(new File("/proc/self/fd").list()).length;
    }

    @ParameterizedTest
    @EnumSource
    void whileItWaits(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(thatSleeps("true"), "max_inflight", "1")) {
            try (RawClient client = watchdog.connect()) {
                client.send(GET);
                awaitStart();
            }
            assertAllIsOver(watchdog);
            watchdog.log().awaitLine("GET / - 499 - ContentLength: 0B");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whileItWaitsHavingOnlyClosedItsSendingSide(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(thatSleeps("true"));
                RawClient client = watchdog.connect()) {
            client.send(GET);
            awaitStart();
            client.socket().shutdownOutput();
            assertAllIsOver(watchdog);
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void whileItUploads(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(thatSleeps("true"))) {
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
                awaitStart();
            }
            assertAllIsOver(watchdog);
        }
    }

    /** More than the pipe takes, and less than there is room for on the way. */
    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void whileTheProcessDoesNotRead(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(thatSleeps("true"))) {
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n")
                        .send(new byte[mode.passesDescriptors() ? 100_000 : 180_000]);
                awaitStart();
            }
            assertAllIsOver(watchdog);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SERIALIZING", "SERIALIZING_PUMPED"})
    void whileItUploadsWhatIsCollectedFirst(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(thatSleeps("true"))) {
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab");
                Polling.until(java.time.Duration.ofSeconds(5), () -> watchdog.metric("http_requests_in_flight") == 1);
            }
            assertAllIsOver(watchdog);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void neverGivesAProcessAPartOfABodyForTheWhole(ForkingWatchdog mode) throws Exception {
        java.nio.file.Path file = java.nio.file.Files.createTempFile("watchdog", "whole");
        try (RunningWatchdog watchdog = mode.running("cat >/dev/null; echo whole >" + file)) {
            for (int i = 0; i < 10; i++) {
                try (RawClient client = watchdog.connect()) {
                    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab");
                    if (i % 2 == 0) {
                        Polling.until(
                                java.time.Duration.ofSeconds(5), () -> watchdog.metric("http_requests_in_flight") == 1);
                    }
                }
                try (RawClient client = watchdog.connect()) {
                    client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\nxyz\r\n");
                    assertThat(client.readResponse()).startsWith("HTTP/1.1 400 ");
                }
                watchdog.awaitIdle();
            }
            assertThat(java.nio.file.Files.size(file)).isZero();
        } finally {
            java.nio.file.Files.delete(file);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void whileItReadsTheAnswer(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(thatSleeps("echo begun"))) {
            try (RawClient client = watchdog.connect()) {
                client.send(GET).readUntil("begun\n");
                awaitStart();
            }
            assertAllIsOver(watchdog);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void whileAnEndlessAnswerWaitsForIt(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog =
                mode.running("(setsid %s &); cat /dev/zero".formatted(daemon.command()), "write_timeout", "1m")) {
            try (RawClient client = watchdog.connect()) {
                client.send(GET).readHead();
                daemon.awaitStart();
            }
            assertAllIsOver(watchdog);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void whileBothSidesSend(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("(setsid %s &); cat".formatted(daemon.command()))) {
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
                        .readUntil("ab");
                daemon.awaitStart();
            }
            assertAllIsOver(watchdog);
        }
    }

    @ParameterizedTest
    @EnumSource
    void byResettingAStreamOfHttp2(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(thatSleeps("true"));
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.get(1, "/");
            awaitStart();
            client.reset(1);
            assertAllIsOver(watchdog);
        }
    }

    @Test
    void byResettingAStreamOfHttp2InTheMiddleOfBoth() throws Exception {
        try (RunningWatchdog watchdog =
                        ForkingWatchdog.STREAMING.running("(setsid %s &); cat".formatted(daemon.command()));
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.request(1, 0, "POST", "/");
            client.data(1, 0, "ab");
            daemon.awaitStart();
            while (!client.next().payload().equals("ab")) {
                // headers first
            }
            client.reset(1);
            assertAllIsOver(watchdog);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void afterItsAnswerButBeforeTheEndOfItsBody(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(
                "(setsid %s >&- 2>&- &); exec >&- 2>&-; cat; exec %s".formatted(daemon.command(), child.command()))) {
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab");
                client.readResponse();
                daemon.awaitStart();
            }
            assertAllIsOver(watchdog);
        }
    }
}
