package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.undertow.fixture.ForkingWatchdog;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.Sleeper;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests a shutdown where each request has a process. Proves specification 4.22, 7.9. */
class ForkShutdownTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private final Sleeper sleeper = new Sleeper();

    /** Proves specification 7.9. */
    @ParameterizedTest
    @EnumSource
    void requestsInFlightEndDuringTheDrain(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("echo begun; read line; echo $line");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n");
            if (mode.streams()) {
                client.readUntil("begun\n");
            } else {
                Polling.until(Duration.ofSeconds(15), () -> watchdog.metric("http_requests_in_flight") == 1);
            }
            CompletableFuture<Integer> stop = CompletableFuture.supplyAsync(
                    () -> watchdog.stop(Shutdown.Cause.SIGTERM), work -> new Thread(work).start());
            watchdog.log().awaitLine("draining: 1 requests");
            client.send("end\n");
            assertThat(client.readToEnd()).contains("end\n");
            assertThat(stop.join()).isZero();
        }
    }

    /** Proves specification 4.22. */
    @ParameterizedTest
    @EnumSource
    void theProcessTreeIsKilledAtTheEndOfTheDrainAndItsResponseBrokenOff(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog =
                        mode.running("(setsid %1$s &); %1$s".formatted(sleeper.command()), "write_timeout", "300ms");
                RawClient client = watchdog.connect()) {
            client.send(GET);
            sleeper.awaitStart();

            assertThat(watchdog.stop(Shutdown.Cause.SIGINT)).isZero();

            sleeper.awaitEnd();
            // The response must not look as if the process had ended by itself without output.
            assertThat(client.readUntilClosedOrReset()).doesNotContain(" 200 OK");
        }
    }

    /** Proves specification 7.9. */
    @ParameterizedTest
    @EnumSource
    void theWatchdogStopsAtOnceWhenNoProcessRuns(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("cat", "write_timeout", "60s")) {
            watchdog.get("/");
            long begin = System.nanoTime();
            assertThat(watchdog.stop(Shutdown.Cause.SIGINT)).isZero();
            assertThat(System.nanoTime() - begin)
                    .isLessThan(Duration.ofSeconds(20).toNanos());
        }
    }
}
