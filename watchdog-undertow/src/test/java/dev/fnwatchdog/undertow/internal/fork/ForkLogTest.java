package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.ForkingWatchdog;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.Sleeper;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tests log lines, metrics and limits where each request has a process. Proves specification 1.17, 1.18, 1.20, 2.2,
 * 2.4, 2.7, 2.14, 4.7, 4.15, 6.4 to 6.6, 6.13, 6.14, 7.1, 7.2.
 */
class ForkLogTest {
    private static final String GET = "GET /path?query HTTP/1.1\r\nHost: h\r\n\r\n";

    /** Proves specification 6.4, 6.5, 6.6. */
    @ParameterizedTest
    @EnumSource
    void eachRequestIsLoggedWithItsStatusAloneAndTheSizeOfItsBody(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("echo hello", "log_callid", "true");
                RawClient client = watchdog.connect()) {
            client.send(GET).readWhole();
            assertThat(watchdog.log().awaitLine("GET /path"))
                    .containsPattern("GET /path\\?query - 200 - ContentLength: 6B \\([0-9.]+s\\) \\[none\\]$");
        }
    }

    /** Proves specification 6.5. */
    @Test
    void theLoggedSizeOfAStreamedResponseIsTheNumberOfBytesSent() throws Exception {
        try (RunningWatchdog watchdog =
                        ForkingWatchdog.STREAMING.running("echo a; sleep 0.05; head -c 1023 /dev/zero");
                RawClient client = watchdog.connect()) {
            client.send(GET).readWhole();
            watchdog.log().awaitLine("GET /path?query - 200 - ContentLength: 1.025kB (");
        }
    }

    /** Proves specification 4.7, 6.13. */
    @ParameterizedTest
    @EnumSource
    void theStandardErrorOfAProcessIsLoggedLineByLine(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("echo one >&2; echo out; printf two >&2");
                RawClient client = watchdog.connect()) {
            client.send(GET).readWhole();
            assertThat(watchdog.log().awaitLine("stderr: one")).matches("\\d{4}/\\d\\d/\\d\\d [0-9:]{8} stderr: one");
            watchdog.log().awaitLine("stderr: two");
        }
    }

    /** Proves specification 6.14. */
    @ParameterizedTest
    @EnumSource
    void anOverlongLineOfAProcessIsReportedAndLoggingContinues(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(
                        "head -c 1000000 /dev/zero | tr \"\\0\" x >&2; echo >&2; echo next >&2; echo out");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readWhole()).endsWith("out\n");
            watchdog.log().awaitLine("bufio.Scanner: token too long");
            watchdog.log().awaitLine("stderr: next");
        }
    }

    /** Proves specification 6.14. */
    @Test
    void aLongLineOfAProcessIsLoggedWholeWithoutABufferLimit() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.running(
                        "head -c 300000 /dev/zero | tr \"\\0\" x >&2; echo end >&2; echo out",
                        "log_buffer_size",
                        "-1");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readWhole()).endsWith("out\n");
            assertThat(watchdog.log().awaitLine("xend")).hasSizeGreaterThan(300_000);
        }
    }

    /** Proves specification 4.7. */
    @ParameterizedTest
    @EnumSource
    void manyLinesOfAProcessAreLoggedWithoutLoss(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("seq 1 100000 >&2; echo out");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readWhole()).endsWith("out\n");
            watchdog.log().awaitLine("stderr: 100000");
            assertThat(watchdog.log().lines().stream().filter(line -> line.contains(" stderr: ")))
                    .hasSize(100_000);
        }
    }

    /** Proves specification 4.15. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"exit 3, exit status 3", "kill -9 $$, signal: killed"})
    void theResponseOfAFailingStreamingProcessIs200AndItsExitStatusIsLogged(String end, String message)
            throws Exception {
        for (ForkingWatchdog mode :
                new ForkingWatchdog[] {ForkingWatchdog.STREAMING, ForkingWatchdog.STREAMING_PUMPED}) {
            try (RunningWatchdog watchdog = mode.running("echo out; " + end);
                    RawClient client = watchdog.connect()) {
                assertThat(client.send(GET).readWhole())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .endsWith("out\n");
                watchdog.log().awaitLine(message);
            }
        }
    }

    /** Proves specification 1.20. */
    @ParameterizedTest
    @EnumSource
    void bodiesAreLoggedWithReadDebugAndWriteDebug(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("tr a-z A-Z", "read_debug", "true", "write_debug", "true");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
                    .readWhole();
            watchdog.log().awaitLine("Request body: abc");
            watchdog.log().awaitLine("Response body: ABC");
        }
    }

    /** Proves specification 2.14, 7.2. */
    @ParameterizedTest
    @EnumSource
    void aRequestIsCountedAndItsPermitReleasedBeforeTheNextOneOfItsConnection(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("cat", "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 100; i++) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
                assertThat(client.readWhole()).startsWith("HTTP/1.1 200 OK\r\n");
            }
            assertThat(watchdog.metrics()).contains("http_requests_total{code=\"200\",method=\"post\"} 100\n");
        }
    }

    /** Proves specification 2.2, 7.1. */
    @ParameterizedTest
    @EnumSource
    void aRequestBeyondMaxInflightIs429AndReadinessIs429(ForkingWatchdog mode) throws Exception {
        Sleeper sleeper = new Sleeper();
        try (RunningWatchdog watchdog = mode.running("exec " + sleeper.command(), "max_inflight", "1");
                RawClient first = watchdog.connect();
                RawClient second = watchdog.connect()) {
            first.send(GET);
            sleeper.awaitStart();
            assertThat(second.send(GET).readResponse()).startsWith("HTTP/1.1 429 ");
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(429);
        }
    }

    /** Proves specification 2.4, 2.7. */
    @ParameterizedTest
    @EnumSource
    void readinessReturnsTheResponseOfAProcessForReadyPath(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("echo $Http_Path", "ready_path", "/am/i")) {
            assertThat(watchdog.get("/_/ready").body()).isEqualTo("/am/i\n");
            assertThat(watchdog.metrics()).doesNotContain("http_requests_total{");
        }
    }

    /** Proves specification 1.18. */
    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void aResponseThatIsReadTooSlowlyIsBrokenOffAfterWriteTimeout(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("cat /dev/zero", "write_timeout", "300ms");
                RawClient client = watchdog.connect()) {
            client.send(GET).readHead();
            Polling.until(Duration.ofSeconds(15), () -> watchdog.metric("http_requests_in_flight") == 0);
            watchdog.log().awaitLine("GET /path?query - 200 - ");
        }
    }

    /** Proves specification 1.17. */
    @ParameterizedTest
    @EnumSource
    void aBodyThatArrivesTooSlowlyIs408AndClosesTheConnection(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("cat", "read_timeout", "200ms");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 408 ");
            assertThat(client.closedByPeer()).isTrue();
        }
    }
}
