package dev.fnwatchdog.undertow.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.WatchdogInternals;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Http2Frames.Frame;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Limits of one HTTP/2 connection: a stream that exceeds one harms no other (RFC 9113 5.1.2, 10.5). Proves
 * specification 9.9, 9.10, 9.11, 9.12, 9.15, 9.16.
 */
class Http2LimitsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final int PROTOCOL_ERROR = 1;
    private static final int REFUSED_STREAM = 7;
    private static final int ENHANCE_YOUR_CALM = 11;
    private static final String[] GET = {":method: GET", ":scheme: http", ":authority: h", ":path: /"};

    private final CountDownLatch release = new CountDownLatch(1);

    private static ScriptedFunction responding() throws IOException {
        return ScriptedFunction.serving(connection -> {
            while (true) {
                String head = connection.readHead();
                connection.send(OK);
                connection.read(RawClient.contentLength(head));
            }
        });
    }

    /** A function that responds to /long after the release, and to no other request. */
    private ScriptedFunction hanging() throws IOException {
        return ScriptedFunction.serving(connection -> {
            if (connection.readHead().contains(" /long ")) {
                release.await(20, TimeUnit.SECONDS);
                connection.send(OK);
            }
            connection.closedByPeer();
        });
    }

    private static String[] with(Stream<String> more) {
        return Stream.concat(Stream.of(GET), more).toArray(String[]::new);
    }

    private static void assertServed(Http2Streams client, int stream) throws IOException {
        assertThat(client.head(stream)).contains(":status: 200");
        assertThat(client.body(stream)).isEqualTo("hi");
    }

    /** Proves specification 9.10. */
    @Test
    void http2StreamsBeyondTheLimitAreRefusedAndTheOthersServed() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    requests.incrementAndGet();
                    release.await(10, TimeUnit.SECONDS);
                    connection.send(OK);
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "http2_max_streams", "3");
                Http2Streams client = Http2Streams.of(watchdog)) {
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                streams.add(client.get("/"));
            }
            for (int stream : streams.subList(3, 5)) {
                assertThat(client.awaitReset(stream)).isEqualTo(REFUSED_STREAM);
            }
            release.countDown();
            for (int stream : streams.subList(0, 3)) {
                assertServed(client, stream);
            }
            assertThat(requests).hasValue(3);
            assertServed(client, client.get("/"));
        }
    }

    /** Proves specification 9.10. */
    @Test
    void http2LimitOfStreamsIsAnnounced() throws Exception {
        try (ScriptedFunction function = responding();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "http2_max_streams", "3");
                RawClient client = watchdog.connect()) {
            client.send(Http2Frames.PREFACE);
            Frame settings = new Http2Frames(client).read();

            assertThat(settings.type()).isEqualTo(Http2Frames.SETTINGS);
            assertThat(settings.payload()).contains("\0\3\0\0\0\3");
        }
    }

    /** Proves specification 3.11, 9.12. */
    @Test
    void http2RequestWith128FieldsOfOneNameIs431AndTheConnectionGoesOn() throws Exception {
        try (ScriptedFunction function = responding();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.request(true, with(IntStream.range(0, 128).mapToObj(i -> "x-a: " + i)));

            assertThat(client.head(stream)).contains(":status: 431");
            assertServed(client, client.get("/"));
        }
    }

    /** Proves specification 9.9. */
    @Test
    void http2CookieFieldsOfAnyNumberBecomeOneField() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.request(true, with(IntStream.range(0, 300).mapToObj(i -> "cookie: a" + i + "=1")));

            assertThat(client.head(stream)).contains(":status: 200");
            assertThat(client.body(stream)).contains("cookie: a0=1; a1=1; ", "; a299=1\r\n");
        }
    }

    /** Proves specification 9.12. */
    @Test
    void http2HeadOfMoreThanAMebibyteIs431AndTheConnectionEndsWithItsStreams() throws Exception {
        String value = "v".repeat(10_000);
        try (ScriptedFunction function = responding();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.requestInPieces(
                    true, 16_000, with(IntStream.range(0, 105).mapToObj(i -> "x-" + i + ": " + value)));

            assertThat(client.head(stream)).contains(":status: 431");
            assertThat(client.next(0).type()).isEqualTo(Http2Frames.GOAWAY);
        }
    }

    static Stream<String> malformed() {
        return Stream.of(
                "content-length: abc",
                "content-length: -1",
                ":path: /",
                ":other: /",
                "Upper: b",
                "x-a: b\rc",
                "x-a: b ",
                "te: gzip",
                "host: a@b",
                "host: a b",
                "connection: close");
    }

    /** Proves specification 9.11. */
    @ParameterizedTest
    @MethodSource("malformed")
    void http2RequestWithAMalformedFieldEndsItsOwnStreamAlone(String field) throws Exception {
        try (ScriptedFunction function = responding();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            assertThat(client.awaitReset(client.request(true, with(Stream.of("x-b: c", field)))))
                    .isEqualTo(PROTOCOL_ERROR);
            assertServed(client, client.get("/"));
        }
    }

    /** Proves specification 9.11. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3})
    void http2RequestThatLacksAPseudoHeaderFieldEndsItsOwnStreamAlone(int missing) throws Exception {
        List<String> lines = new ArrayList<>(List.of(GET));
        lines.remove(missing);
        try (ScriptedFunction function = responding();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            assertThat(client.awaitReset(client.request(true, lines.toArray(String[]::new))))
                    .isEqualTo(PROTOCOL_ERROR);
            assertServed(client, client.get("/"));
        }
    }

    /** Proves specification 9.11. */
    @Test
    void http2FieldWithoutANameEndsItsOwnStreamAlone() throws Exception {
        try (ScriptedFunction function = responding();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            // :method GET, :scheme http and :path / of the static table, a literal with an empty name, "a: b"
            byte[] block = {(byte) 0x82, (byte) 0x86, (byte) 0x84, 0, 0, 1, 'v', 0, 1, 'a', 1, 'b'};
            client.send(Http2Frames.HEADERS, Http2Frames.END_HEADERS | Http2Frames.END_STREAM, 1, block);
            assertThat(client.awaitReset(1)).isEqualTo(PROTOCOL_ERROR);
            client.skipStream();

            assertServed(client, client.get("/"));
        }
    }

    /** Proves specification 9.9. */
    @ParameterizedTest(name = "in frames of {0} bytes")
    @ValueSource(ints = {1, 100, 16_000})
    void http2HeadInManyFramesIsReadWhole(int length) throws Exception {
        String value = "v".repeat(length == 1 ? 20 : 25_000);
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            for (int i = 0; i < 20; i++) {
                int stream = client.requestInPieces(true, length, with(Stream.of("x-long: " + value, "x-last: z")));

                assertThat(client.head(stream)).contains(":status: 200");
                assertThat(client.body(stream)).contains("x-long: " + value, "x-last: z");
            }
        }
    }

    @Test
    void http2StreamsOfAConnectionThatBreaksAreNoLongerInFlightAfterwards() throws Exception {
        try (ScriptedFunction function = responding();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "30s")) {
            for (int round = 0; round < 20; round++) {
                try (Http2Streams client = Http2Streams.of(watchdog)) {
                    for (int i = 0; i < 100; i++) {
                        client.get("/");
                    }
                    client.connection().reset();
                }
            }
            watchdog.awaitIdle();
            Polling.until(Duration.ofSeconds(15), () -> WatchdogInternals.inFlight(watchdog.watchdog()) == 0);
        }
    }

    /** Proves specification 9.12. */
    @Test
    void http2FieldBlockOfEndlessEmptyFramesEndsTheConnection() throws Exception {
        try (ScriptedFunction function = responding();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            client.send(Http2Frames.HEADERS, 0, 1, new byte[] {(byte) 0x82});
            for (int i = 0; i < 2000; i++) {
                client.send(Http2Frames.CONTINUATION, 0, 1, new byte[0]);
            }

            assertThat(client.next(0).errorCode()).isEqualTo(ENHANCE_YOUR_CALM);
        }
    }

    /** Proves specification 9.16. */
    @Test
    void http2ClientThatCancels1500StreamsHarmsNoOtherStream() throws Exception {
        try (ScriptedFunction function = hanging();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int other = client.get("/long");
            for (int i = 0; i < 1500; i++) {
                client.reset(client.get("/cancelled"));
            }
            release.countDown();
            assertServed(client, other);
        }
    }

    /** Proves specification 9.16. */
    @Test
    void http2ClientThatOnlyCausesResetsGetsGoawayAndItsOpenStreamIsServed() throws Exception {
        try (ScriptedFunction function = hanging();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int other = client.get("/long");
            for (int i = 0; i < 6_000; i++) {
                int stream = client.post("/refused");
                // An increment of 0 is an error of the stream, which the watchdog resets.
                client.send(Http2Frames.WINDOW_UPDATE, 0, stream, new byte[4]);
            }

            assertThat(client.next(0).errorCode()).isEqualTo(ENHANCE_YOUR_CALM);
            release.countDown();
            assertServed(client, other);
        }
    }

    /** Proves specification 9.15. */
    @Test
    void http2DataAfterAnEarlyResponseIsDroppedAndTheConnectionGoesOn() throws Exception {
        try (ScriptedFunction function = responding();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "http_buffer_req_body", "true");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/", "content-length: 900000000000");
            assertThat(client.head(stream)).contains(":status: 413");
            client.awaitReset(stream);
            for (int i = 0; i < 100; i++) {
                client.data(stream, "x".repeat(8_000), false);
            }
            assertServed(client, client.get("/"));
        }
    }

    @Test
    void http2DataOfResetStreamsIsCreditedToTheWindowOfTheConnection() throws Exception {
        try (ScriptedFunction function = hanging();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            for (int i = 0; i < 40; i++) {
                int stream = client.post("/");
                client.send(Http2Frames.WINDOW_UPDATE, 0, stream, new byte[4]);
                for (int sent = 0; sent < 60_000; sent += 10_000) {
                    client.data(stream, "x".repeat(10_000), false);
                }
                assertThat(client.awaitReset(stream)).isEqualTo(PROTOCOL_ERROR);
            }
            client.send(Http2Frames.PING, 0, 0, new byte[8]);
            client.awaitPing();
        }
    }
}
