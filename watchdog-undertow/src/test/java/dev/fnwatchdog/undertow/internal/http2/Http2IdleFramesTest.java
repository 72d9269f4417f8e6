package dev.fnwatchdog.undertow.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Frames of HTTP/2 that transfer nothing are accepted in proportion to the streams that are served (RFC 9113 10.5). Proves
 * specification 9.16.
 */
class Http2IdleFramesTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final int ENHANCE_YOUR_CALM = 11;

    static Stream<Arguments> idleFrames() {
        return Stream.of(
                arguments("SETTINGS", Http2Frames.SETTINGS, 0),
                arguments("PING", Http2Frames.PING, 8),
                arguments("empty DATA", Http2Frames.DATA, 0),
                arguments("a frame of an unknown type", 0xbb, 0));
    }

    /** Proves specification 9.16. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("idleFrames")
    void http2ConnectionOfAClientThatOnlySendsIdleFramesIsEnded(String what, int type, int length) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(RawClient::closedByPeer);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = type == Http2Frames.DATA ? client.post("/upload") : 0;
            // On a thread of its own: the watchdog stops reading from a client that does not read its responses.
            CompletableFuture<Void> sending = CompletableFuture.runAsync(
                    () -> client.connection().sendTimes(frames(1_000, type, stream, length), 60));

            assertThat(client.next(0).errorCode()).isEqualTo(ENHANCE_YOUR_CALM);
            client.connection().readUntilClosedOrReset();
            // It may have failed: the watchdog closes the connection.
            sending.exceptionally(failure -> null).join();
        }
    }

    /** Proves specification 9.16. */
    @Test
    void http2ClientWhoseStreamsAreServedMaySendIdleFramesInProportion() throws Exception {
        byte[] pings = frames(90, Http2Frames.PING, 0, 8);
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            for (int i = 0; i < 500; i++) {
                client.connection().send(pings);
                int stream = client.get("/");
                assertThat(client.head(stream)).contains(":status: 200");
                assertThat(client.body(stream)).isEqualTo("hi");
            }
        }
    }

    /** Returns {@code count} frames with a payload of {@code length} zeros. */
    private static byte[] frames(int count, int type, int stream, int length) {
        ByteBuffer frames = ByteBuffer.allocate(count * (9 + length));
        for (int i = 0; i < count; i++) {
            frames.putShort((short) 0)
                    .put((byte) length)
                    .put((byte) type)
                    .put((byte) 0)
                    .putInt(stream)
                    .position(frames.position() + length);
        }
        return frames.array();
    }
}
