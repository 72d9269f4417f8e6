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

/**
 * When a client disconnects, its process and everything that it started are killed. Proves specification 4.11, 6.5,
 * 7.17.
 */
class ForkClientDisconnectTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private final Sleeper child = new Sleeper();
    private final Sleeper daemon = new Sleeper();

    private String sleepingScript(String begin) {
        return "%s; (setsid %s &); exec %s".formatted(begin, daemon.command(), child.command());
    }

    private void awaitStart() {
        child.awaitStart();
        daemon.awaitStart();
    }

    private void assertEverythingHasEnded(RunningWatchdog watchdog) {
        child.awaitEnd();
        daemon.awaitEnd();
        watchdog.awaitIdle();
        watchdog.log().awaitLine(" / - ");
        assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("signal: killed"));
    }

    @ParameterizedTest
    @EnumSource
    void noProcessIsLeftWhenTheClientDisconnectsBeforeItsProcessStarts(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(sleepingScript("true"))) {
            for (int i = 0; i < 20; i++) {
                try (RawClient client = watchdog.connect()) {
                    client.send(GET);
                    if (i % 2 == 0) {
                        client.reset();
                    }
                }
            }
            // A head that was not even read is not a request.
            watchdog.awaitIdle();
            assertEverythingHasEnded(watchdog);
        }
    }

    @ParameterizedTest
    @EnumSource
    void descriptorsAreReleasedAtOnceWhenTheClientDisconnectsBeforeItsProcessStarts(ForkingWatchdog mode)
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
            Polling.until(Duration.ofSeconds(15), () -> descriptors() < before + 50);
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

    /** Proves specification 4.11, 6.5. */
    @ParameterizedTest
    @EnumSource
    void theProcessTreeIsKilledWhenTheClientDisconnectsBeforeTheResponse(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(sleepingScript("true"), "max_inflight", "1")) {
            try (RawClient client = watchdog.connect()) {
                client.send(GET);
                awaitStart();
            }
            assertEverythingHasEnded(watchdog);
            watchdog.log().awaitLine("GET / - 499 - ContentLength: 0B");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theProcessTreeIsKilledWhenTheClientHalfClosesBeforeTheResponse(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(sleepingScript("true"));
                RawClient client = watchdog.connect()) {
            client.send(GET);
            awaitStart();
            client.socket().shutdownOutput();
            assertEverythingHasEnded(watchdog);
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void theProcessTreeIsKilledWhenTheClientDisconnectsDuringItsUpload(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(sleepingScript("true"))) {
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
                awaitStart();
            }
            assertEverythingHasEnded(watchdog);
        }
    }

    /** Sends more than the pipe can contain, and less than all buffers on the way. */
    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void theProcessTreeIsKilledWhenTheClientDisconnectsWhileTheProcessDoesNotRead(ForkingWatchdog mode)
            throws Exception {
        try (RunningWatchdog watchdog = mode.running(sleepingScript("true"))) {
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n")
                        .send(new byte[mode.passesDescriptors() ? 100_000 : 180_000]);
                awaitStart();
            }
            assertEverythingHasEnded(watchdog);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SERIALIZING", "SERIALIZING_PUMPED"})
    void aSerializingRequestEndsWhenTheClientDisconnectsDuringItsUpload(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(sleepingScript("true"))) {
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab");
                Polling.until(java.time.Duration.ofSeconds(15), () -> watchdog.metric("http_requests_in_flight") == 1);
            }
            assertEverythingHasEnded(watchdog);
        }
    }

    /** Proves specification 4.11, 7.17. */
    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void aProcessIsKilledBeforeItCanTakeAnIncompleteBodyForAWholeOne(ForkingWatchdog mode) throws Exception {
        java.nio.file.Path file = java.nio.file.Files.createTempFile("watchdog", "whole");
        try (RunningWatchdog watchdog = mode.running("cat >/dev/null; echo whole >" + file)) {
            for (int i = 0; i < 10; i++) {
                try (RawClient client = watchdog.connect()) {
                    client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab");
                    if (i % 2 == 0) {
                        Polling.until(
                                java.time.Duration.ofSeconds(15),
                                () -> watchdog.metric("http_requests_in_flight") == 1);
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
    void theProcessTreeIsKilledWhenTheClientDisconnectsDuringTheResponse(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(sleepingScript("echo begun"))) {
            try (RawClient client = watchdog.connect()) {
                client.send(GET).readUntil("begun\n");
                awaitStart();
            }
            assertEverythingHasEnded(watchdog);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void theProcessTreeIsKilledWhenTheClientOfAnEndlessUnreadResponseDisconnects(ForkingWatchdog mode)
            throws Exception {
        try (RunningWatchdog watchdog =
                mode.running("(setsid %s &); cat /dev/zero".formatted(daemon.command()), "write_timeout", "1m")) {
            try (RawClient client = watchdog.connect()) {
                client.send(GET).readHead();
                daemon.awaitStart();
            }
            assertEverythingHasEnded(watchdog);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void theProcessTreeIsKilledWhenTheClientDisconnectsWhileBothSidesSend(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("(setsid %s &); cat".formatted(daemon.command()))) {
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
                        .readUntil("ab");
                daemon.awaitStart();
            }
            assertEverythingHasEnded(watchdog);
        }
    }

    @ParameterizedTest
    @EnumSource
    void theProcessTreeIsKilledWhenTheClientResetsItsHttp2Stream(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(sleepingScript("true"));
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.get(1, "/");
            awaitStart();
            client.reset(1);
            assertEverythingHasEnded(watchdog);
        }
    }

    @Test
    void theProcessTreeIsKilledWhenTheClientResetsItsHttp2StreamWhileBothSidesSend() throws Exception {
        try (RunningWatchdog watchdog =
                        ForkingWatchdog.STREAMING.running("(setsid %s &); cat".formatted(daemon.command()));
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.request(1, 0, "POST", "/");
            client.data(1, 0, "ab");
            daemon.awaitStart();
            while (!client.next().payload().equals("ab")) {
                // Skip the header fields, which come first.
            }
            client.reset(1);
            assertEverythingHasEnded(watchdog);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void theProcessTreeIsKilledWhenTheClientDisconnectsInItsBodyAfterTheResponse(ForkingWatchdog mode)
            throws Exception {
        try (RunningWatchdog watchdog = mode.running(
                "(setsid %s >&- 2>&- &); exec >&- 2>&-; cat; exec %s".formatted(daemon.command(), child.command()))) {
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nab");
                client.readResponse();
                daemon.awaitStart();
            }
            assertEverythingHasEnded(watchdog);
        }
    }
}
