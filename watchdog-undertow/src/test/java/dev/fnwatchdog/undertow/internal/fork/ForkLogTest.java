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

/** Contract 4 and 6: what the log says where each call has a process. */
class ForkLogTest {
    private static final String GET = "GET /path?query HTTP/1.1\r\nHost: h\r\n\r\n";

    @ParameterizedTest
    @EnumSource
    void hasALineForEachCallWithTheStatusAloneAndTheSizeSent(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("echo hello", "log_callid", "true");
                RawClient client = watchdog.connect()) {
            client.send(GET).readWhole();
            assertThat(watchdog.log().awaitLine("GET /path"))
                    .containsPattern("GET /path\\?query - 200 - ContentLength: 6B \\([0-9.]+s\\) \\[none\\]$");
        }
    }

    @Test
    void countsTheBytesOfAStreamedAnswer() throws Exception {
        try (RunningWatchdog watchdog =
                        ForkingWatchdog.STREAMING.running("echo a; sleep 0.05; head -c 1023 /dev/zero");
                RawClient client = watchdog.connect()) {
            client.send(GET).readWhole();
            watchdog.log().awaitLine("GET /path?query - 200 - ContentLength: 1.025kB (");
        }
    }

    @ParameterizedTest
    @EnumSource
    void passesOnStandardErrorLineByLine(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("echo one >&2; echo out; printf two >&2");
                RawClient client = watchdog.connect()) {
            client.send(GET).readWhole();
            assertThat(watchdog.log().awaitLine("stderr: one")).matches("\\d{4}/\\d\\d/\\d\\d [0-9:]{8} stderr: one");
            watchdog.log().awaitLine("stderr: two");
        }
    }

    @ParameterizedTest
    @EnumSource
    void cutsALineThatIsTooLongAndGoesOn(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running(
                        "head -c 1000000 /dev/zero | tr \"\\0\" x >&2; echo >&2; echo next >&2; echo out");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readWhole()).endsWith("out\n");
            watchdog.log().awaitLine("bufio.Scanner: token too long");
            watchdog.log().awaitLine("stderr: next");
        }
    }

    @Test
    void passesOnAMegabyteLineWhereThereIsNoLimit() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.running(
                        "head -c 300000 /dev/zero | tr \"\\0\" x >&2; echo end >&2; echo out",
                        "log_buffer_size",
                        "-1");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readWhole()).endsWith("out\n");
            assertThat(watchdog.log().awaitLine("xend")).hasSizeGreaterThan(300_000);
        }
    }

    @ParameterizedTest
    @EnumSource
    void passesOnManyLinesWithoutLoss(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("seq 1 100000 >&2; echo out");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readWhole()).endsWith("out\n");
            watchdog.log().awaitLine("stderr: 100000");
            assertThat(watchdog.log().lines().stream().filter(line -> line.contains(" stderr: ")))
                    .hasSize(100_000);
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"exit 3, exit status 3", "kill -9 $$, signal: killed"})
    void namesTheStatusOfAStreamingProcessThatFails(String end, String words) throws Exception {
        for (ForkingWatchdog mode :
                new ForkingWatchdog[] {ForkingWatchdog.STREAMING, ForkingWatchdog.STREAMING_PUMPED}) {
            try (RunningWatchdog watchdog = mode.running("echo out; " + end);
                    RawClient client = watchdog.connect()) {
                assertThat(client.send(GET).readWhole())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .endsWith("out\n");
                watchdog.log().awaitLine(words);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void printsBodiesWhereItIsToldTo(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("tr a-z A-Z", "read_debug", "true", "write_debug", "true");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
                    .readWhole();
            watchdog.log().awaitLine("Request body: abc");
            watchdog.log().awaitLine("Response body: ABC");
        }
    }

    @ParameterizedTest
    @EnumSource
    void countsCallsAndGivesPlacesBackInTime(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("cat", "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 100; i++) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
                assertThat(client.readWhole()).startsWith("HTTP/1.1 200 OK\r\n");
            }
            assertThat(watchdog.metrics()).contains("http_requests_total{code=\"200\",method=\"post\"} 100\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesMoreThanMayBeInFlight(ForkingWatchdog mode) throws Exception {
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

    @ParameterizedTest
    @EnumSource
    void asksTheProcessWhetherItIsReady(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("echo $Http_Path", "ready_path", "/am/i")) {
            assertThat(watchdog.get("/_/ready").body()).isEqualTo("/am/i\n");
            assertThat(watchdog.metrics()).doesNotContain("http_requests_total{");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void breaksOffAnAnswerThatIsReadTooSlowly(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("cat /dev/zero", "write_timeout", "300ms");
                RawClient client = watchdog.connect()) {
            client.send(GET).readHead();
            Polling.until(Duration.ofSeconds(5), () -> watchdog.metric("http_requests_in_flight") == 0);
            watchdog.log().awaitLine("GET /path?query - 200 - ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void answers408WhereTheBodyComesTooSlowly(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("cat", "read_timeout", "200ms");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 408 ");
            assertThat(client.closedByPeer()).isTrue();
        }
    }
}
