package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.ForkingWatchdog;
import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.Sleeper;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Contract 4: exec_timeout and X-Timeout kill the process and everything that it started. */
class ForkTimeoutTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private final Sleeper child = new Sleeper();
    private final Sleeper grandchild = new Sleeper();
    private final Sleeper daemon = new Sleeper();

    /** A script that ends in a long sleep, with others that sleep below and beside it. */
    private String thatSleeps(String begin) {
        return "%s; (setsid %s >/dev/null 2>&1 &); sh -c \"%s & wait\" & exec %s"
                .formatted(begin, daemon.command(), grandchild.command(), child.command());
    }

    private void awaitStart() {
        child.awaitStart();
        grandchild.awaitStart();
        daemon.awaitStart();
    }

    private void awaitEnd() {
        child.awaitEnd();
        grandchild.awaitEnd();
        daemon.awaitEnd();
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void answers504BeforeTheFirstByte(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(thatSleeps("true"), "exec_timeout", "700ms", "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            client.send(GET);
            awaitStart();
            assertThat(client.readResponse())
                    .startsWith("HTTP/1.1 504 ")
                    .contains("\r\nX-OpenFaaS-Internal: of-watchdog\r\n", "\r\nContent-Length: 0\r\n")
                    .containsPattern("\r\nX-Duration-Seconds: \\d+\\.\\d{6}\r\n");
            awaitEnd();

            watchdog.log().awaitLine("Function was killed by ExecTimeout: 700ms");
            watchdog.log().awaitLine("GET / - 504 - ContentLength: 0B");
            assertThat(watchdog.metric("watchdog_functions_killed_total")).isEqualTo(1);
            // The connection is as good as before.
            client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Timeout: 10ms\r\n\r\n");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 504 ");
        }
        assertThat(daemon.running()).isZero();
    }

    @ParameterizedTest
    @EnumSource(names = {"SERIALIZING", "SERIALIZING_PUMPED"})
    void answers500WithTheSignalWhereTheOutputIsCollected(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(thatSleeps("echo output"), "exec_timeout", "700ms");
                RawClient client = watchdog.connect()) {
            client.send(GET);
            awaitStart();
            assertThat(client.readResponse())
                    .startsWith("HTTP/1.1 500 ")
                    .containsPattern("\r\nX-Duration-Seconds: \\d+\\.\\d{6}\r\n")
                    .endsWith("\r\n\r\nsignal: killed");
            awaitEnd();

            watchdog.log().awaitLine("Function was killed by ExecTimeout: 700ms");
            watchdog.log().awaitLine("GET / - 500 - ContentLength: 14B");
            assertThat(watchdog.metric("watchdog_functions_killed_total")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void breaksOffAnAnswerThatHasBegun(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(thatSleeps("echo begun"), "exec_timeout", "700ms");
                RawClient client = watchdog.connect()) {
            client.send(GET).readUntil("begun\n");
            awaitStart();
            assertThat(client.readUntilClosedOrReset()).isEqualTo("\r\n");
            awaitEnd();
            watchdog.log().awaitLine("Function was killed by ExecTimeout: 700ms");
        }
    }

    @Test
    void breaksOffAnAnswerOfHttp10WithAReset() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.running(
                        "echo begun; exec " + child.command(), "exec_timeout", "300ms");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.0\r\n\r\n").readUntil("begun\n");
            org.assertj.core.api.Assertions.assertThatThrownBy(client::readToEnd)
                    .isInstanceOf(java.net.SocketException.class);
            child.awaitEnd();
        }
    }

    @Test
    void resetsTheStreamOfHttp2() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.running(
                        "echo begun; exec " + child.command(), "exec_timeout", "300ms");
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.get(1, "/");
            assertThat(client.response(1)).contains("begun\n").endsWith("RST_STREAM");
            child.awaitEnd();
        }
    }

    @ParameterizedTest
    @EnumSource
    void countsFromTheHeadAlsoWhileTheBodyStillArrives(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("cat", "exec_timeout", "200ms");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n");
            assertThat(client.readResponse())
                    .startsWith(mode.streams() ? "HTTP/1.1 504 " : "HTTP/1.1 500 ")
                    .contains("\r\nConnection: close\r\n");
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void isShortenedByXTimeoutAndNotLengthened(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("exec " + child.command(), "exec_timeout", "300ms")) {
            for (String timeout : new String[] {"50ms", "1h", "0s", "nonsense"}) {
                long begin = System.nanoTime();
                assertThat(watchdog.send(watchdog.request("/")
                                        .header("X-Timeout", timeout)
                                        .build())
                                .statusCode())
                        .isEqualTo(mode.streams() ? 504 : 500);
                if (!timeout.equals("50ms")) {
                    assertThat(System.nanoTime() - begin)
                            .isGreaterThan(Duration.ofMillis(250).toNanos());
                }
            }
            watchdog.log().awaitLine("killed by ExecTimeout: 50ms");
        }
    }

    @ParameterizedTest
    @EnumSource
    void doesNotHoldWhereItIsZero(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("sleep 0.3; echo late", "exec_timeout", "0")) {
            assertThat(watchdog.send(watchdog.request("/")
                                    .header("X-Timeout", "10ms")
                                    .build())
                            .body())
                    .isEqualTo("late\n");
        }
    }

    @Test
    void holdsForOthersWhoHoldTheOutputOfAProcessThatHasEnded() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.running(
                        "(setsid %s &) ; echo begun".formatted(daemon.command()), "exec_timeout", "500ms");
                RawClient client = watchdog.connect()) {
            client.send(GET).readUntil("begun\n");
            daemon.awaitStart();
            assertThat(client.readUntilClosedOrReset()).isEqualTo("\r\n");
            daemon.awaitEnd();
        }
    }

    @Test
    void holdsForAProcessWhoseAnswerIsOver() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.running(
                        "echo answer; exec >&- 2>&-; exec " + child.command(), "exec_timeout", "600ms");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readWhole()).endsWith("answer\n");
            child.awaitStart();
            child.awaitEnd();
            watchdog.log().awaitLine("Function was killed by ExecTimeout: 600ms");
            // The client's connection has nothing to do with it any more.
            assertThat(client.send(GET).readWhole()).endsWith("answer\n");
        }
    }

    @Test
    void leavesAloneWhatADoneCallHasLeftBehindOnPurpose() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.running(
                "(setsid %s >/dev/null 2>&1 <&- &) ; echo answer".formatted(daemon.command()),
                "exec_timeout",
                "300ms")) {
            assertThat(watchdog.get("/").body()).isEqualTo("answer\n");
            daemon.awaitStart();
            assertThat(watchdog.get("/?second").body()).isEqualTo("answer\n");
            Polling.until(Duration.ofSeconds(5), () -> daemon.running() == 2);
        }
        // Until the watchdog ends.
        daemon.awaitEnd();
    }
}
