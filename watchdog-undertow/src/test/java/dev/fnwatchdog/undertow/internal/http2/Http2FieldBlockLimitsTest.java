package dev.fnwatchdog.undertow.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Http2Frames.Frame;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Field blocks of HTTP/2 that are long, though their heads need not be too large. Proves specification 9.12. */
class Http2FieldBlockLimitsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final int REFUSED_STREAM = 7;
    private static final int ENHANCE_YOUR_CALM = 11;

    private final CountDownLatch release = new CountDownLatch(1);

    /** A function that responds to /long after the release, and to other requests at once. */
    private ScriptedFunction function() throws IOException {
        return ScriptedFunction.serving(connection -> {
            while (true) {
                if (connection.readHead().contains(" /long ")) {
                    release.await(20, TimeUnit.SECONDS);
                }
                connection.send(OK);
            }
        });
    }

    /** Sends a request with further fields, in frames of 16,000 bytes. */
    private static int send(Http2Streams client, Stream<String> fields) throws IOException {
        return client.requestInPieces(
                true,
                16_000,
                Stream.concat(Stream.of(":method: GET", ":scheme: http", ":authority: h", ":path: /"), fields)
                        .toArray(String[]::new));
    }

    private static Stream<String> fieldsOf10Kilobytes(int count) {
        return IntStream.range(0, count).mapToObj(i -> "x-" + i + ": " + "v".repeat(10_000));
    }

    private static void assertServed(Http2Streams client, int stream) throws IOException {
        assertThat(client.head(stream)).contains(":status: 200");
        assertThat(client.body(stream)).isEqualTo("hi");
    }

    /** Proves specification 9.12. */
    @Test
    void http2ConnectionTakesNoNewStreamAfterAFieldBlockOfMoreThan64KiBAndEndsWithItsOpenStreams() throws Exception {
        try (ScriptedFunction function = function();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int open = client.get("/long");
            assertServed(client, send(client, Stream.of("x-a: " + "v".repeat(60_000))));
            assertServed(client, send(client, Stream.of("x-a: " + "v".repeat(66_000))));

            Frame goaway = client.next(0);
            assertThat(goaway.type()).isEqualTo(Http2Frames.GOAWAY);
            assertThat(goaway.errorCode()).isZero();
            assertThat(client.resetOf(client.get("/"))).isEqualTo(REFUSED_STREAM);
            release.countDown();
            assertServed(client, open);
            client.connection().readToEnd();
        }
    }

    /** Proves specification 9.12. */
    @Test
    void http2FieldBlockOfMoreThan2MiBEndsTheConnectionAndAShorterOneItsStreamAlone() throws Exception {
        try (ScriptedFunction function = function();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            try (Http2Streams client = Http2Streams.of(watchdog)) {
                int open = client.get("/long");
                assertThat(client.head(send(client, fieldsOf10Kilobytes(200)))).contains(":status: 431");
                release.countDown();
                assertServed(client, open);
            }
            try (Http2Streams client = Http2Streams.of(watchdog)) {
                try {
                    send(client, fieldsOf10Kilobytes(220));
                } catch (IOException closed) {
                    // The watchdog has not waited for the end of the block.
                }

                assertThat(client.next(0).errorCode()).isEqualTo(ENHANCE_YOUR_CALM);
                client.connection().readToAnyEnd();
            }
        }
    }
}
