package dev.fnwatchdog.undertow.internal.fork;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Chunks;
import dev.fnwatchdog.undertow.fixture.ForkingWatchdog;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.Sleeper;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Streaming mode sends both bodies at the same time, through a few buffers. Proves specification 4.7, 4.12 to 4.14,
 * 7.2.
 */
class StreamingModeTest {
    private static final String CHUNKED = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final int FAR_MORE_THAN_IS_BUFFERED = 64 << 20;

    /** Proves specification 4.13. */
    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void eachPieceIsStreamedAtOnceInBothDirections(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("cat");
                RawClient client = watchdog.connect()) {
            client.send(CHUNKED);
            for (int i = 0; i < 5; i++) {
                client.send("2\r\n%02d\r\n".formatted(i));
                client.readUntil("%02d\r\n".formatted(i));
            }
            client.send("0\r\n\r\n");
            assertThat(client.readUntil("0\r\n\r\n")).isEqualTo("0\r\n\r\n");
        }
    }

    /** Proves specification 4.13. */
    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void aStreamingResponseBeginsWithTheFirstByteOfOutput(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("read line; echo got; read line; echo end");
                RawClient client = watchdog.connect()) {
            client.send(CHUNKED).send("2\r\na\n\r\n");

            assertThat(client.readUntil("got\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("\r\nTransfer-Encoding: chunked\r\n")
                    .endsWith("\r\n\r\n04\r\ngot\n\r\n");
            client.send("2\r\na\n\r\n");
            assertThat(client.readUntil("0\r\n\r\n")).isEqualTo("04\r\nend\n\r\n0\r\n\r\n");
            client.send("0\r\n\r\n");
        }
    }

    /** Proves specification 4.14. */
    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void aClientIsBlockedWhileItsProcessDoesNotRead(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("echo waiting; read line; wc -c", "write_timeout", "2s");
                RawClient client = watchdog.connect()) {
            client.send(
                    "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n".formatted(FAR_MORE_THAN_IS_BUFFERED));
            client.readUntil("waiting\n");

            int sent = client.sendUntilBlocked(FAR_MORE_THAN_IS_BUFFERED - 1);

            assertThat(sent).isLessThan(FAR_MORE_THAN_IS_BUFFERED / 2);
        }
    }

    /** Proves specification 4.14. */
    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void aProcessIsBlockedWhileItsClientDoesNotRead(ForkingWatchdog mode) throws Exception {
        Sleeper after = new Sleeper();
        try (RunningWatchdog watchdog = mode.running(
                        "echo begins; head -c %d /dev/zero; exec %s"
                                .formatted(FAR_MORE_THAN_IS_BUFFERED, after.command()),
                        "write_timeout",
                        "1m");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.0\r\n\r\n").readUntil("begins\n");

            // What is read later is not printed yet, except for what sockets and pipes contain.
            for (int read = 0; read < FAR_MORE_THAN_IS_BUFFERED / 2; read += 1 << 20) {
                client.read(1 << 20);
                assertThat(after.running()).isZero();
            }
            client.read(FAR_MORE_THAN_IS_BUFFERED / 2);
            after.awaitStart();
        }
    }

    /** Proves specification 4.13. */
    @Test
    void streamedBodiesOfMegabytesAreUnchanged() throws Exception {
        byte[] piece = new byte[1 << 16];
        new java.util.Random(1).nextBytes(piece);
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.starting("cat");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
                    .formatted(200L << 16));
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> client.sendTimes(piece, 200));
            client.readHead();
            String body = Chunks.data(client.readToEnd());

            sending.join();
            assertThat(body).hasSize(200 << 16);
            String expected = new String(piece, java.nio.charset.StandardCharsets.ISO_8859_1);
            for (int i = 0; i < 200; i++) {
                assertThat(body.startsWith(expected, i << 16)).isTrue();
            }
        }
    }

    /** Proves specification 4.7. */
    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void theWholeOutputIsStreamedWhenAProcessClosesItsInputEarly(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog =
                        mode.running("exec <&-; i=0; while [ $i -lt 20 ]; do echo $i; i=$((i+1)); done");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n");
            client.sendTimes(new byte[100_000], 30);

            assertThat(client.readWhole()).contains(" 200 OK", "0\n1\n").endsWith("19\n");
            // The whole request was read, and the connection continues.
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readWhole()).contains(" 200 OK");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void theConnectionIsClosedSoonWhenTheRestOfABodyThatNothingReadsDoesNotArrive(ForkingWatchdog mode)
            throws Exception {
        try (RunningWatchdog watchdog = mode.starting("echo done");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\nabc");

            assertThat(client.readUntil("done\n")).contains(" 200 OK");
            assertThat(client.readUntilClosedOrReset()).doesNotContain("HTTP/1.1");
        }
    }

    /** Proves specification 4.7. */
    @Test
    void aStreamingResponseEndsWhenNoProcessHoldsTheOutput() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.running("(sleep 0.3; echo late) & echo early");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                    .readHead();

            assertThat(Chunks.data(client.readToEnd())).isEqualTo("early\nlate\n");
        }
    }

    /** Proves specification 4.7, 4.12, 7.2. */
    @Test
    void aStreamingResponseEndsWhenItsProcessClosesTheOutputAndRunsOn() throws Exception {
        Sleeper sleeper = new Sleeper();
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.running(
                        "echo hi; exec >&- 2>&-; exec " + sleeper.command(), "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readWhole()).endsWith("hi\n");
            sleeper.awaitStart();
            watchdog.awaitIdle();
            assertThat(sleeper.running()).isEqualTo(1);

            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readWhole()).endsWith("hi\n");
        }
        // The end of the watchdog kills it.
        sleeper.awaitEnd();
    }

    /** Proves specification 4.12. */
    @ParameterizedTest
    @EnumSource(names = {"STREAMING", "STREAMING_PUMPED"})
    void aProcessThatHasClosedItsOutputGetsTheRestOfItsInput(ForkingWatchdog mode) throws Exception {
        java.nio.file.Path file = java.nio.file.Files.createTempFile("watchdog", "input");
        try (RunningWatchdog watchdog = mode.running("exec >&-; cat >" + file);
                RawClient client = watchdog.connect()) {
            client.send(CHUNKED);
            assertThat(client.readResponse()).contains(" 200 OK", "\r\nContent-Length: 0\r\n");
            client.send("3\r\nabc\r\n0\r\n\r\n");
            Polling.until(
                    java.time.Duration.ofSeconds(15),
                    () -> java.nio.file.Files.readString(file).equals("abc"));
        } finally {
            java.nio.file.Files.delete(file);
        }
    }
}
