package dev.fnwatchdog.undertow.internal.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.process.posix.Termination;
import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code /_/ready} without {@code ready_path}. Proves specification 2.1, 2.2, 2.6, 3.40, 3.47. */
class ReadinessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    @TempDir
    private Path folder;

    /** Proves specification 2.2. */
    @Test
    void readinessIs200WithoutABodyAnd405ForOtherMethods() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            for (String method : new String[] {"GET", "HEAD"}) {
                client.send(method + " /_/ready HTTP/1.1\r\nHost: h\r\n\r\n");

                assertThat(client.readResponse())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .contains("\r\nContent-Length: 0\r\n");
            }
            client.send("POST /_/ready HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 405 ").contains("\r\nAllow: GET, HEAD\r\n");
            assertThat(function.connections()).isZero();
        }
    }

    /** Proves specification 2.1, 2.6. */
    @Test
    void readinessIs503UntilTheFunctionListensWhileHealthIs200() throws Exception {
        int port = FreePort.any();
        try (RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(port)) {
            assertThat(watchdog.get("/_/health").statusCode()).isEqualTo(200);
            assertThat(watchdog.get("/_/ready").statusCode()).isEqualTo(503);

            try (ScriptedFunction function = ScriptedFunction.servingOn(port, RawClient::readToEnd)) {
                Polling.until(PATIENCE, () -> watchdog.get("/_/ready").statusCode() == 200);
                assertThat(function.connections()).isZero();
            }
        }
    }

    /** Proves specification 3.3, 3.40. */
    @Test
    void aRequestBeforeTheFunctionListensIs500AtOnceWithoutStartupWait() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(FreePort.any(), "startup_wait", "0");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readHead())
                    .startsWith("HTTP/1.1 500 ")
                    .contains("\r\nX-OpenFaaS-Internal: of-watchdog\r\n");
        }
    }

    /** Proves specification 2.6, 3.47. */
    @Test
    void readinessIs503AfterTheFunctionProcessHasEnded() throws Exception {
        Path end = folder.resolve("end");
        String untilEnd = "sh -c 'while [ ! -e " + end + " ]; do sleep 0.01; done; exit 3'";
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "fprocess", untilEnd)) {
            Files.createFile(end);

            Polling.until(PATIENCE, () -> watchdog.get("/_/ready").statusCode() == 503);
            assertThat(watchdog.log().awaitLine("Forked function has terminated"))
                    .endsWith(": exit status 3");
            assertThat(watchdog.watchdog().functionEnded().toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .isEqualTo(new Termination.Exited(3));
        }
    }
}
