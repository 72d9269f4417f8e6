package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.ForkingWatchdog;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests which starts and exits of processes are counted, and as what. Proves specification 2.16. */
class ProcessCountsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private static void awaitExits(RunningWatchdog watchdog, String reason, int exits) {
        Polling.until(
                PATIENCE,
                () -> watchdog.metric("watchdog_function_exits_total{reason=\"%s\"}".formatted(reason)) == exits);
    }

    private static double allExits(RunningWatchdog watchdog) throws Exception {
        return watchdog.metrics()
                .lines()
                .filter(line -> line.startsWith("watchdog_function_exits_total{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum();
    }

    @ParameterizedTest
    @CsvSource({
        "STREAMING, exit 0, success",
        "STREAMING, exit 3, failure",
        "STREAMING_PUMPED, kill -9 $$, signal",
        "SERIALIZING, exit 0, success",
        "SERIALIZING_PUMPED, exit 3, failure",
        "SERIALIZING, kill -9 $$, signal"
    })
    void processesThatEndByThemselvesAreCountedByTheirEnd(ForkingWatchdog mode, String script, String reason)
            throws Exception {
        try (RunningWatchdog watchdog = mode.running(script)) {
            watchdog.get("/");
            watchdog.get("/");

            awaitExits(watchdog, reason, 2);
            assertThat(watchdog.metric("watchdog_function_starts_total")).isEqualTo(2);
            assertThat(allExits(watchdog)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProcessThatIsKilledByItsTimeoutIsCountedAsThat(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("exec sleep 600", "exec_timeout", "1500ms")) {
            watchdog.get("/");

            awaitExits(watchdog, "timeout", 1);
            assertThat(allExits(watchdog)).isEqualTo(1);
            assertThat(watchdog.metric("watchdog_timeouts_total{kind=\"exec\"}"))
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProcessThatIsKilledBecauseItsClientDisconnectedIsCountedAsStopped(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("exec sleep 600");
                RawClient client = watchdog.connect()) {
            client.send(GET);
            Polling.until(PATIENCE, () -> watchdog.metric("watchdog_function_starts_total") == 1);
            assertThat(allExits(watchdog)).isZero();

            client.close();

            awaitExits(watchdog, "stopped", 1);
            assertThat(allExits(watchdog)).isEqualTo(1);
        }
    }

    @Test
    void aProcessThatCannotBeStartedIsNotCountedAsStarted() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.starting("/none/such")) {
            watchdog.get("/");

            assertThat(watchdog.metric("watchdog_forks_failed_total")).isEqualTo(1);
            assertThat(watchdog.metric("watchdog_function_starts_total")).isZero();
            assertThat(allExits(watchdog)).isZero();
        }
    }
}
