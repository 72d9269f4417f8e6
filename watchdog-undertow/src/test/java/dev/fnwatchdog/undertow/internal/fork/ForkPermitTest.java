package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.ForkingWatchdog;
import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.Sleeper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Specification 7.2 and 4.11: with one permit no process runs beside another, however a request ends. */
@Timeout(60)
class ForkPermitTest {
    private static final int ROUNDS = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private final Sleeper sleeper = new Sleeper();

    @TempDir
    private Path folder;

    /** Each process looks for the one before it, then sleeps; a zombie is found as well. */
    private RunningWatchdog running(ForkingWatchdog mode) throws Exception {
        return mode.running(
                "cd %s; if kill -0 $(cat last) 2>/dev/null; then echo >>overlaps; fi; echo $$ >last; echo >>started; exec %s"
                        .formatted(folder, sleeper.command()),
                "max_inflight",
                "1");
    }

    private long started() throws IOException {
        Path file = folder.resolve("started");
        return Files.exists(file) ? Files.size(file) : 0;
    }

    private void assertNoOverlap() {
        assertThat(folder.resolve("overlaps")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void noProcessRunsBesideThatOfAClientThatHasDisconnected(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = running(mode)) {
            for (int round = 1; round <= ROUNDS; round++) {
                RawClient client = accepted(watchdog, round);
                if (round % 2 == 0) {
                    client.reset();
                }
                client.close();
            }
            sleeper.awaitEnd();
        }
        assertNoOverlap();
    }

    /** Connects, and sends a request until it is accepted and its process runs. */
    private RawClient accepted(RunningWatchdog watchdog, int processes) throws Exception {
        while (true) {
            RawClient client = watchdog.connect();
            client.send(GET);
            Polling.until(
                    PATIENCE,
                    () -> started() == processes || client.socket().getInputStream().available() > 0);
            if (started() == processes) {
                return client;
            }
            assertThat(client.readResponse()).startsWith("HTTP/1.1 429 ");
            client.close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void noProcessRunsBesideThatOfAStreamThatWasReset(ForkingWatchdog mode) throws Exception {
        Set<Integer> refused = ConcurrentHashMap.newKeySet();
        try (RunningWatchdog watchdog = running(mode);
                Http2Client client = Http2Client.on(watchdog.connect())) {
            Thread reader = new Thread(() -> readAll(client, refused));
            reader.start();
            int stream = 1;
            client.get(stream, "/");
            for (int round = 1; round <= ROUNDS; round++) {
                int processes = round;
                int sent = stream;
                Callable<Boolean> accepted = () -> started() == processes;
                Polling.until(PATIENCE, () -> accepted.call() || refused.contains(sent));
                if (accepted.call()) {
                    client.reset(stream);
                } else {
                    round--;
                }
                stream += 2;
                client.get(stream, "/");
            }
            client.close();
            reader.join();
            sleeper.awaitEnd();
        }
        assertNoOverlap();
    }

    private static void readAll(Http2Client client, Set<Integer> ended) {
        try {
            while (true) {
                ended.add(client.next().stream());
            }
        } catch (IOException closed) {
            // The test closes the connection.
        }
    }

    @ParameterizedTest
    @EnumSource
    void theResponseToATimeoutIsSentWhenThePermitIsFree(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = running(mode);
                RawClient client = watchdog.connect()) {
            for (int round = 0; round < ROUNDS; round++) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\nX-Timeout: 40ms\r\n\r\n");
                assertThat(client.readWhole()).startsWith(mode.streams() ? "HTTP/1.1 504 " : "HTTP/1.1 500 ");
            }
            assertThat(sleeper.running()).isZero();
        }
        assertNoOverlap();
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void theResponseToAMalformedBodyIsSentWhenThePermitIsFree(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = running(mode)) {
            for (int round = 1; round <= ROUNDS; round++) {
                int processes = round;
                try (RawClient client = watchdog.connect()) {
                    client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
                    Polling.until(PATIENCE, () -> started() == processes);
                    client.send("zz\r\n");
                    assertThat(client.readHead()).startsWith("HTTP/1.1 400 ");
                }
            }
        }
        assertNoOverlap();
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void aProcessThatRunsOnAfterItsResponseHoldsNoPermit(ForkingWatchdog mode) throws Exception {
        String closing = mode.passesDescriptors() ? "exec <&- >&- 2>&-; exec %s" : "(exec <&- >&- 2>&-; %s) & exit";
        try (RunningWatchdog watchdog = mode.running(
                        "echo hi; " + closing.formatted(sleeper.command()), "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            for (int round = 0; round < 3; round++) {
                client.send(GET);
                assertThat(client.readWhole()).startsWith("HTTP/1.1 200 ").endsWith("hi\n");
            }
            Polling.until(PATIENCE, () -> sleeper.running() == 3);
        }
        sleeper.awaitEnd();
    }
}
