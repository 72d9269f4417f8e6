package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.WatchdogInternals;
import dev.fnwatchdog.undertow.fixture.ForkingWatchdog;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.Sleeper;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Serializing mode reads the whole body and the whole output, and its status shows how the process ended. Proves
 * specification 4.7, 4.16 to 4.18, 7.20.
 */
class SerializingModeTest {
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final long BUDGET = 1_000_000;

    private static RunningWatchdog withLittleMemory(String command, String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of("mode", "serializing", "fprocess", command));
        all.addAll(Arrays.asList(settings));
        return RunningWatchdog.started(
                builder -> WatchdogInternals.memory(builder, MemoryShares.ofHeap(2 * BUDGET)),
                all.toArray(String[]::new));
    }

    /** Proves specification 4.16. */
    @ParameterizedTest
    @EnumSource(names = {"SERIALIZING", "SERIALIZING_PUMPED"})
    void aSerializingResponseHasContentLengthAndXDurationSeconds(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("echo one; sleep 0.05; echo two");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readResponse())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("\r\nContent-Length: 8\r\n")
                    .containsPattern("\r\nX-Duration-Seconds: \\d+\\.\\d{6}\r\n")
                    .endsWith("\r\n\r\none\ntwo\n");
        }
    }

    /** Proves specification 4.16. */
    @ParameterizedTest
    @EnumSource(names = {"SERIALIZING", "SERIALIZING_PUMPED"})
    void aSerializingProcessStartsOnlyAfterTheWholeBodyHasArrived(ForkingWatchdog mode) throws Exception {
        Path file = Files.createTempFile("watchdog", "started");
        try (RunningWatchdog watchdog = mode.running("echo started >>" + file + "; cat");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab");
            Polling.until(Duration.ofSeconds(15), () -> watchdog.metric("http_requests_in_flight") == 1);
            assertThat(Files.readString(file)).isEmpty();
            assertThat(client.send("cde").readResponse()).endsWith("\r\n\r\nabcde");
            assertThat(Files.readString(file)).isEqualTo("started\n");
        } finally {
            Files.delete(file);
        }
    }

    /** Proves specification 4.17. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "exit 1, exit status 1",
        "exit 128, exit status 128",
        "exit 200, exit status 200",
        "kill -9 $$, signal: killed",
        "kill -15 $$, signal: terminated",
        "kill -11 $$, signal: segmentation fault"
    })
    void aFailingSerializingProcessIs500WithItsExitStatusOrSignal(String end, String message) throws Exception {
        for (ForkingWatchdog mode : List.of(ForkingWatchdog.SERIALIZING, ForkingWatchdog.SERIALIZING_PUMPED)) {
            try (RunningWatchdog watchdog = mode.running("echo output; " + end);
                    RawClient client = watchdog.connect()) {
                for (int i = 0; i < 2; i++) {
                    assertThat(client.send(GET).readResponse())
                            .startsWith("HTTP/1.1 500 ")
                            .containsPattern("\r\nX-Duration-Seconds: \\d+\\.\\d{6}\r\n")
                            .endsWith("\r\n\r\n" + message);
                }
                watchdog.log().awaitLine(message);
                watchdog.log().awaitLine("GET / - 500 - ContentLength: " + message.length() + "B");
            }
        }
    }

    /** Proves specification 4.18. */
    @ParameterizedTest
    @EnumSource(names = {"SERIALIZING", "SERIALIZING_PUMPED"})
    void standardErrorIsPartOfTheResponseWithCombinedOutput(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("echo one; echo two >&2; echo three", "combine_output", "true");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readResponse()).endsWith("\r\n\r\none\ntwo\nthree\n");
            assertThat(watchdog.log().contains("stderr: two")).isFalse();
        }
    }

    /** Proves specification 4.7. */
    @Test
    void aSerializingResponseContainsTheOutputOfDescendantsThatOutliveTheProcess() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.SERIALIZING.running("(sleep 0.2; echo late) & echo early");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readResponse()).endsWith("\r\n\r\nearly\nlate\n");
        }
    }

    /** Proves specification 4.17. */
    @Test
    void aSerializingResponseWaitsForTheExitStatusOfAProcessThatClosedItsOutput() throws Exception {
        try (RunningWatchdog watchdog =
                        ForkingWatchdog.SERIALIZING.running("echo early; exec >&- 2>&-; sleep 0.2; exit 3");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readResponse()).endsWith("\r\n\r\nexit status 3");
        }
    }

    /** Proves specification 4.16. */
    @Test
    void serializedBodiesOfMegabytesAreUnchanged() throws Exception {
        byte[] body = new byte[3_000_000];
        new java.util.Random(2).nextBytes(body);
        String text = new String(body, java.nio.charset.StandardCharsets.ISO_8859_1);
        try (RunningWatchdog watchdog = ForkingWatchdog.SERIALIZING.starting("cat");
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n")
                        .send(body);
                assertThat(client.readResponse().endsWith("\r\n\r\n" + text)).isTrue();
            }
        }
    }

    /** Proves specification 7.20. */
    @ParameterizedTest
    @CsvSource({"Content-Length: 1000001", "Transfer-Encoding: chunked"})
    void aSerializedRequestBodyThatDoesNotFitIntoMemoryIs413(String framing) throws Exception {
        try (RunningWatchdog watchdog = withLittleMemory("cat");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\n" + framing + "\r\n\r\nf4241\r\n");
            if (framing.startsWith("T")) {
                client.send(new byte[1_000_001]);
            }
            assertThat(client.readResponse()).startsWith("HTTP/1.1 413 ");
            assertServes(watchdog);
        }
    }

    /**
     * Tries many sizes, because the end of the body may or may not come with its last piece. Proves specification 4.16.
     */
    @ParameterizedTest
    @CsvSource({"Content-Length: 5", "Transfer-Encoding: chunked"})
    void aSerializedBodyThatArrivesInAnyNumberOfPiecesIsReadWhole(String framing) throws Exception {
        boolean chunked = framing.startsWith("T");
        try (RunningWatchdog watchdog = ForkingWatchdog.SERIALIZING.starting("wc -c", "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            for (int size = 10_000; size < 400_000; size += 7_000) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\n%s\r\n\r\n"
                        .formatted(chunked ? framing : "Content-Length: " + size));
                if (chunked) {
                    client.send(Integer.toHexString(size) + "\r\n" + "x".repeat(size) + "\r\n0\r\n\r\n");
                } else {
                    client.send(new byte[size]);
                }
                assertThat(client.readResponse()).endsWith("\r\n\r\n" + size + "\n");
            }
        }
    }

    /** Proves specification 7.20. */
    @Test
    void aSerializedOutputThatDoesNotFitIntoMemoryIs500AndItsProcessIsKilled() throws Exception {
        Sleeper sleeper = new Sleeper();
        try (RunningWatchdog watchdog =
                        withLittleMemory("sh -c 'head -c 1100000 /dev/zero; exec " + sleeper.command() + "'");
                RawClient client = watchdog.connect()) {
            assertThat(client.send(GET).readResponse())
                    .startsWith("HTTP/1.1 500 ")
                    .endsWith("\r\n\r\nresponse too large");
            sleeper.awaitEnd();
            watchdog.log().awaitLine("GET / - 500 - ContentLength: 18B");
        }
    }

    /** Proves specification 7.20. */
    @Test
    void serializedBodiesOfAllRequestsAndResponsesShareOneMemoryBudget() throws Exception {
        try (RunningWatchdog watchdog = withLittleMemory("cat", "read_timeout", "1m");
                RawClient hog = watchdog.connect();
                RawClient client = watchdog.connect()) {
            hog.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 600000\r\n\r\nab");
            Polling.until(Duration.ofSeconds(15), () -> watchdog.metric("http_requests_in_flight") == 1);
            // Request and response together exceed what is left.
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 300000\r\n\r\n")
                    .send(new byte[300_000]);
            assertThat(client.readResponse()).startsWith("HTTP/1.1 500 ").endsWith("response too large");

            hog.close();
            Polling.until(Duration.ofSeconds(15), () -> watchdog.metric("http_requests_in_flight") == 0);
            assertServes(watchdog);
        }
    }

    private static void assertServes(RunningWatchdog watchdog) throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 400000\r\n\r\n")
                    .send(new byte[400_000]);
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ");
        }
    }
}
