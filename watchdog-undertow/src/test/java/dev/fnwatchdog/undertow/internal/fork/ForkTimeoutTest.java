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

/**
 * exec_timeout and X-Timeout kill the process and everything that it started. Proves specification 1.16, 2.16, 3.38,
 * 3.41, 4.12, 4.20, 4.21.
 */
class ForkTimeoutTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private final Sleeper child = new Sleeper();
    private final Sleeper grandchild = new Sleeper();
    private final Sleeper daemon = new Sleeper();

    /** Returns a script that ends in a long sleep, with a sleeping grandchild and a sleeping daemon. */
    private String sleepingScript(String begin) {
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

    /** Proves specification 2.16, 4.20, 4.21. */
    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void aStreamingTimeoutBeforeTheFirstByteIs504AndKillsTheProcessTree(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog =
                        mode.running(sleepingScript("true"), "exec_timeout", "700ms", "max_inflight", "1");
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
            // The connection still serves requests.
            client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Timeout: 10ms\r\n\r\n");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 504 ");
        }
        assertThat(daemon.running()).isZero();
    }

    /** Proves specification 2.16, 4.20, 4.21. */
    @ParameterizedTest
    @EnumSource(names = {"SERIALIZING", "SERIALIZING_PUMPED"})
    void aSerializingTimeoutIs500WithSignalKilledAndKillsTheProcessTree(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(sleepingScript("echo output"), "exec_timeout", "1.5s");
                RawClient client = watchdog.connect()) {
            client.send(GET);
            awaitStart();
            assertThat(client.readResponse())
                    .startsWith("HTTP/1.1 500 ")
                    .containsPattern("\r\nX-Duration-Seconds: \\d+\\.\\d{6}\r\n")
                    .endsWith("\r\n\r\nsignal: killed");
            awaitEnd();

            watchdog.log().awaitLine("Function was killed by ExecTimeout: 1.5s");
            watchdog.log().awaitLine("GET / - 500 - ContentLength: 14B");
            assertThat(watchdog.metric("watchdog_functions_killed_total")).isEqualTo(1);
        }
    }

    /** Proves specification 4.20, 4.21. */
    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void aStreamingTimeoutAfterTheFirstByteBreaksOffTheResponse(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(sleepingScript("echo begun"), "exec_timeout", "1.5s");
                RawClient client = watchdog.connect()) {
            client.send(GET).readUntil("begun\n");
            awaitStart();
            assertThat(client.readUntilClosedOrReset()).isEqualTo("\r\n");
            awaitEnd();
            watchdog.log().awaitLine("Function was killed by ExecTimeout: 1.5s");
        }
    }

    /** Proves specification 3.41, 4.21. */
    @Test
    void aStreamingTimeoutAfterTheFirstByteResetsAnHttp10Connection() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.running(
                        "echo begun; exec " + child.command(), "exec_timeout", "1.5s");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.0\r\n\r\n").readUntil("begun\n");
            org.assertj.core.api.Assertions.assertThatThrownBy(client::readToEnd)
                    .isInstanceOf(java.net.SocketException.class);
            child.awaitEnd();
        }
    }

    /** Proves specification 3.41, 4.21. */
    @Test
    void aStreamingTimeoutAfterTheFirstByteResetsTheHttp2Stream() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.running(
                        "echo begun; exec " + child.command(), "exec_timeout", "1.5s");
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.get(1, "/");
            assertThat(client.response(1)).contains("begun\n").endsWith("RST_STREAM");
            child.awaitEnd();
        }
    }

    /** Proves specification 1.16, 4.20. */
    @ParameterizedTest
    @EnumSource
    void execTimeoutCountsFromTheHeadWhileTheBodyOfARequestToAProcessStillArrives(ForkingWatchdog mode)
            throws Exception {
        try (RunningWatchdog watchdog = mode.starting("cat", "exec_timeout", "200ms");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n");
            assertThat(client.readResponse())
                    .startsWith(mode.streams() ? "HTTP/1.1 504 " : "HTTP/1.1 500 ")
                    .contains("\r\nConnection: close\r\n");
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    /** Proves specification 3.38, 4.20. */
    @ParameterizedTest
    @EnumSource
    void xTimeoutShortensTheTimeoutOfAProcessAndNeverExtendsIt(ForkingWatchdog mode) throws Exception {
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

    /** Proves specification 1.16, 3.38. */
    @ParameterizedTest
    @EnumSource
    void anExecTimeoutOfZeroDisablesTheTimeoutOfAProcessAndXTimeout(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("sleep 0.3; echo late", "exec_timeout", "0")) {
            assertThat(watchdog.send(watchdog.request("/")
                                    .header("X-Timeout", "10ms")
                                    .build())
                            .body())
                    .isEqualTo("late\n");
        }
    }

    /** Proves specification 4.20. */
    @Test
    void execTimeoutKillsDescendantsThatHoldTheOutputOfAProcessThatHasEnded() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.running(
                        "(setsid %s &) ; echo begun".formatted(daemon.command()), "exec_timeout", "1.5s");
                RawClient client = watchdog.connect()) {
            client.send(GET).readUntil("begun\n");
            daemon.awaitStart();
            assertThat(client.readUntilClosedOrReset()).isEqualTo("\r\n");
            daemon.awaitEnd();
        }
    }

    /** Proves specification 4.12. */
    @Test
    void execTimeoutKillsAProcessThatRunsOnAfterItsResponse() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.running(
                        "echo answer; exec >&- 2>&-; exec " + child.command(), "exec_timeout", "1.5s");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readWhole()).endsWith("answer\n");
            child.awaitStart();
            child.awaitEnd();
            watchdog.log().awaitLine("Function was killed by ExecTimeout: 1.5s");
            // The client's connection is independent of that process.
            assertThat(client.send(GET).readWhole()).endsWith("answer\n");
        }
    }

    /** Proves specification 4.12. */
    @Test
    void aDaemonThatDoesNotHoldTheOutputOutlivesItsRequestUntilTheWatchdogEnds() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.running(
                "(setsid %s >/dev/null 2>&1 <&- &) ; echo answer".formatted(daemon.command()),
                "exec_timeout",
                "300ms")) {
            assertThat(watchdog.get("/").body()).isEqualTo("answer\n");
            daemon.awaitStart();
            assertThat(watchdog.get("/?second").body()).isEqualTo("answer\n");
            Polling.until(Duration.ofSeconds(15), () -> daemon.running() == 2);
        }
        // The end of the watchdog kills it.
        daemon.awaitEnd();
    }
}
