package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RealFunction;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The packaged jar ends when its function process exits. Proves specification 3.47. */
class FunctionExitIT {
    /** Proves specification 3.47. */
    @ParameterizedTest
    @CsvSource({
        "/exit/0, exit status 0",
        "/exit/3, exit status 3",
        "/kill/9, signal: killed",
        "/kill/11, signal: segmentation fault"
    })
    void watchdogExitsWith1AndLogsTheExitStatusOrSignalOfTheFunction(String target, String ending) throws Exception {
        int port = FreePort.any();
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOf(
                        RealFunction.PYTHON.command(port) + " with-child", port, "healthcheck_interval", "1h")
                .startReady()) {
            CompletableFuture<HttpResponse<String>> inFlight = watchdog.sendAsync(watchdog.request("/slow/600"));
            watchdog.awaitLine("function works");

            HttpResponse<String> last = watchdog.get(target);

            assertThat(last.statusCode()).isEqualTo(500);
            assertThat(last.headers().firstValue("X-OpenFaaS-Internal")).hasValue("of-watchdog");
            assertThat(inFlight.get(15, TimeUnit.SECONDS).statusCode()).isEqualTo(500);
            assertThat(watchdog.awaitExit()).isOne();
            assertThat(watchdog.awaitLine("Forked function")).endsWith(" Forked function has terminated: " + ending);
            assertThat(watchdog.out()).last().asString().endsWith("stdout: function ends");
            assertThat(watchdog.err())
                    .noneMatch(line -> line.contains("SIG") || line.contains("CLOSE") || line.contains("Exception"))
                    .anyMatch(line -> line.contains("GET /slow/600 - 500 Internal Server Error"));
            assertThat(watchdog.temporaryDirectory()).isEmptyDirectory();
            Polling.until(
                    Duration.ofSeconds(15),
                    () -> watchdog.remainingDescendants().isEmpty());
        }
    }

    /** Proves specification 3.47. */
    @Test
    void watchdogExitsWith0WhenTheFunctionExitsDuringAShutdown() throws Exception {
        try (PackagedWatchdog watchdog =
                PackagedWatchdog.inFrontOfPython("healthcheck_interval", "3s").startReady()) {
            watchdog.signal("TERM");
            watchdog.awaitLine("SIGTERM: no new connections in 3s");

            assertThat(watchdog.get("/exit/3").statusCode()).isEqualTo(500);

            assertThat(watchdog.awaitExit()).isZero();
            assertThat(watchdog.err()).noneMatch(line -> line.contains("Forked function"));
        }
    }

    /** Proves specification 3.47. */
    @Test
    void watchdogExitsWith1WhenTheFunctionExitsBeforeItListens() throws Exception {
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOf(
                        "sh -c 'echo no database >&2; exit 7'", FreePort.any())
                .start()) {
            assertThat(watchdog.awaitExit()).isOne();

            assertThat(watchdog.err())
                    .anyMatch(line -> line.endsWith(" stderr: no database"))
                    .anyMatch(line -> line.endsWith(" Forked function has terminated: exit status 7"));
        }
    }
}
