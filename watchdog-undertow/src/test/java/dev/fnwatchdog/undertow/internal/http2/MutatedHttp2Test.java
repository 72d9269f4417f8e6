package dev.fnwatchdog.undertow.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http1Conversation;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.RecordingUpstream;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.SeededRounds;
import dev.fnwatchdog.undertow.fixture.StreamMutator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Frames of HTTP/2 that are made at random lead to well-formed requests or to none, and harm no other client. */
class MutatedHttp2Test {
    private static final Duration SHORT = Duration.ofSeconds(9);
    private static final Duration NIGHTLY = Duration.ofSeconds(100);
    private static final int IDLE_CHECKS = 8;
    private static final int UNKNOWN = 10;
    private static final int MOST_FRAMES = 12;

    private static final List<String> FIELDS = List.of(
            ":method: GET",
            ":method: POST",
            ":path: /",
            ":path: /a?b",
            ":path: *",
            ":path: a b",
            ":scheme: http",
            ":authority: h",
            ":authority: other",
            ":status: 200",
            "content-length: 5",
            "content-length: 0",
            "content-length: 5, 6",
            "transfer-encoding: chunked",
            "connection: close",
            "te: trailers",
            "host: h",
            "x-a: b\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n",
            "x-a: b\nc",
            "x-a: b\0c",
            "X-Upper: b",
            "x a: b",
            "cookie: a=b",
            "expect: 100-continue");

    private static RecordingUpstream upstream;
    private static RunningWatchdog watchdog;

    @BeforeAll
    static void start() throws Exception {
        upstream = RecordingUpstream.start();
        watchdog = RunningWatchdog.inFrontOf(upstream.function());
    }

    @AfterAll
    static void stop() throws Exception {
        watchdog.close();
        upstream.close();
    }

    @Test
    @Timeout(60)
    void leadToWellFormedRequestsOrToNone() {
        SeededRounds.run("mutated HTTP/2", SHORT, MutatedHttp2Test::connection);
    }

    @Tag("nightly")
    @Test
    @Timeout(200)
    void leadToWellFormedRequestsOrToNoneForLong() {
        SeededRounds.run("mutated HTTP/2", NIGHTLY, MutatedHttp2Test::connection);
    }

    private static void connection(SplittableRandom random) throws Exception {
        StreamMutator mutator = new StreamMutator(random);
        int frames = 1 + random.nextInt(MOST_FRAMES);
        StringBuilder made = new StringBuilder(frame(Http2Frames.SETTINGS, 0, 0, ""));
        for (int i = 0; i < frames; i++) {
            made.append(frame(mutator, random));
        }
        String bytes = random.nextBoolean() ? made.toString() : mutator.mutate(made.toString());
        // What comes back to this is known to be HTTP/2, and so to follow all that was read.
        String last = frame(Http2Frames.PING, 0, 0, "the last");
        Http1Conversation got = Http1Conversation.with(
                watchdog.port(),
                mutator.split(Http2Frames.PREFACE + bytes + last),
                100,
                received -> received.contains("the last"));
        try {
            assertNobodyWasHarmed(frames, random.nextInt(IDLE_CHECKS) == 0);
        } catch (AssertionError e) {
            throw new AssertionError(
                    StreamMutator.printable(bytes) + "\n--- got\n" + StreamMutator.printable(got.received()), e);
        }
    }

    private static void assertNobodyWasHarmed(int frames, boolean idle) throws Exception {
        assertThat(watchdog.get("/honest").body()).isEqualTo("GET /honest\n");
        if (idle) {
            watchdog.awaitIdle();
        }
        assertThat(upstream.takeFaults()).isEmpty();
        assertThat(upstream.takeRequests())
                .hasSizeLessThanOrEqualTo(frames + 1)
                .noneMatch(request -> request.target().equals("/smuggled"));
    }

    private static String frame(StreamMutator mutator, SplittableRandom random) {
        int stream = mutator.pick(List.of(1, 1, 1, 3, 3, 5, 0, 2));
        int flags = mutator.pick(List.of(0, 1, 4, 4, 5, 5, 5, 0x24, random.nextInt(256)));
        return switch (random.nextInt(UNKNOWN + 2)) {
            case Http2Frames.DATA -> frame(Http2Frames.DATA, flags & 1, stream, "hello");
            case Http2Frames.RST_STREAM -> frame(Http2Frames.RST_STREAM, 0, stream, "\0\0\0\u0008");
            case Http2Frames.SETTINGS -> frame(Http2Frames.SETTINGS, flags & 1, 0, "");
            case Http2Frames.PING -> frame(Http2Frames.PING, flags & 1, 0, "8 octets");
            case Http2Frames.WINDOW_UPDATE -> frame(Http2Frames.WINDOW_UPDATE, 0, stream, "\0\0\u0010\0");
            case Http2Frames.CONTINUATION -> frame(Http2Frames.CONTINUATION, flags & 4, stream, block(mutator, random));
            case 2, UNKNOWN -> frame(random.nextInt(256), flags, stream, "\0\0\0\0\0");
            default -> frame(Http2Frames.HEADERS, flags, stream, block(mutator, random));
        };
    }

    /** Mostly a request's head, with a few more fields. */
    private static String block(StreamMutator mutator, SplittableRandom random) {
        StringBuilder block = new StringBuilder();
        if (random.nextInt(4) > 0) {
            for (String line : List.of(":method: POST", ":path: /h2", ":scheme: http", ":authority: h")) {
                block.append(literal(line));
            }
        }
        for (int more = random.nextInt(3); more > 0; more--) {
            block.append(literal(mutator.pick(FIELDS)));
        }
        return block.toString();
    }

    /** A field without indexing and without Huffman code (RFC 7541, 6.2.2). */
    private static String literal(String line) {
        int colon = line.indexOf(": ", 1);
        String value = line.substring(colon + 2);
        return "\0" + (char) colon + line.substring(0, colon) + (char) value.length() + value;
    }

    private static String frame(int type, int flags, int stream, String payload) {
        byte[] head = ByteBuffer.allocate(9)
                .put((byte) (payload.length() >> 16))
                .putShort((short) payload.length())
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .array();
        return new String(head, StandardCharsets.ISO_8859_1) + payload;
    }
}
