package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.log.WatchdogLog;
import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.FullBacklog;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the log says while the function is awaited. Proves specification 3.3. */
class StartupWaitLogTest {
    @Test
    void linesAreDueAfterOneSecondAfterFiveAndThenEvery30() {
        StartupWaitLog log = new StartupWaitLog("h:1", WatchdogLog.discarding(), 0);
        List<Long> due = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            due.add(Duration.ofNanos(log.nanosToNextLine(0)).toSeconds());
            log.printLine();
        }

        assertThat(due).containsExactly(1L, 5L, 35L, 65L, 95L);
        assertThat(log.nanosToNextLine(Duration.ofHours(1).toNanos())).isZero();
    }

    @Test
    void aPortOnWhichNothingListensIsReportedAndThenThatTheFunctionListens() throws Exception {
        int port = FreePort.any();
        try (RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(port)) {
            assertThat(watchdog.log().awaitLine("Waiting"))
                    .contains("Waiting for the function: nothing accepts connections at 127.0.0.1:" + port
                            + " (Connection refused); check http_upstream_url");

            try (ScriptedFunction function = ScriptedFunction.servingOn(port, RawClient::readToEnd)) {
                assertThat(watchdog.log().awaitLine("The function accepts"))
                        .matches(".*The function accepts connections at 127\\.0\\.0\\.1:" + function.port()
                                + ", after [1-9][0-9.]*s");
            }
        }
    }

    @Test
    void aPortThatDoesNotReplyIsReportedAndTriedAgain() throws Exception {
        try (ServerSocket notAccepting = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                FullBacklog full = FullBacklog.of(notAccepting);
                RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(full.port())) {
            assertThat(watchdog.log().awaitLine("Waiting")).contains(" (no reply yet); ");
            watchdog.log().awaitLine(" (no reply within 3s); ");

            full.acceptAll();

            watchdog.log().awaitLine("The function accepts connections");
        }
    }

    @Test
    void aFunctionThatListensWithinASecondCausesNoLine() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(RawClient::readToEnd);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            assertThat(watchdog.log().contains("Waiting for the function")).isFalse();
            assertThat(watchdog.log().contains("accepts connections")).isFalse();
        }
    }

    /** Proves specification 1.14. */
    @Test
    void aHostThatIsNotFoundIsReportedAtOnceAndAwaitedLikeAPort() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(
                1, "http_upstream_url", "http://no-such-host.invalid:3000", "startup_wait", "0")) {
            assertThat(watchdog.log().awaitLine("http_upstream_url:"))
                    .endsWith("http_upstream_url: the host no-such-host.invalid cannot be found; the lookup is"
                            + " repeated");
            assertThat(watchdog.get("/_/health").statusCode()).isEqualTo(200);
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(503);
            assertThat(watchdog.get("/").statusCode()).isEqualTo(500);
            watchdog.log()
                    .awaitLine("the function at no-such-host.invalid:3000 cannot be reached: the host"
                            + " no-such-host.invalid cannot be found");

            assertThat(watchdog.log().awaitLine("Waiting"))
                    .endsWith("at no-such-host.invalid:3000 (the host no-such-host.invalid cannot be found); check"
                            + " http_upstream_url");
            assertThat(watchdog.log().lines().stream().filter(line -> line.contains("the lookup is repeated")))
                    .hasSize(1);
        }
    }

    /** Proves specification 1.14. */
    @Test
    void aFunctionOnLocalhostIsServedWhateverItsFamilyOfAddresses() throws Exception {
        try (ScriptedFunction function =
                        ScriptedFunction.respondingWith("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function, "http_upstream_url", "http://localhost:" + function.port())) {
            assertThat(watchdog.get("/").body()).isEqualTo("ok");
        }
    }
}
