package dev.fnwatchdog.undertow.internal.proxy;

import static dev.fnwatchdog.undertow.fixture.Http2Frames.DATA;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.HEADERS;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.RST_STREAM;
import static dev.fnwatchdog.undertow.internal.proxy.Http2UpstreamTest.inFrontOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.ForkingWatchdog;
import dev.fnwatchdog.undertow.fixture.Http2Frames.Frame;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.Http2Upstream;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of gRPC that end early, and their timeouts. Proves specification 3.52, 7.30. */
@Timeout(60)
class GrpcForwardingTest {
    private static final String GRPC = "content-type: application/grpc";
    private static final int CANCEL = 8;
    private static final int INTERNAL_ERROR = 2;
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final String[] IDLE_LIMITS = {"read_timeout", "2s", "write_timeout", "2s"};

    private static int call(Http2Streams client, String... more) throws IOException {
        String[] fields = new String[more.length + 2];
        fields[0] = GRPC;
        fields[1] = "te: trailers";
        System.arraycopy(more, 0, fields, 2, more.length);
        return client.post("/pkg.Service/Call", fields);
    }

    /** Begins a response that has sent one message, on both sides. */
    private static int respond(Http2Streams client, int stream, Http2Upstream.Connection connection)
            throws IOException {
        int upstream = connection.request();
        connection.head(upstream, false, ":status: 200", GRPC);
        connection.data(upstream, false, "first");
        assertThat(client.head(stream)).contains(":status: 200", GRPC);
        assertThat(client.next(stream).payload()).isEqualTo("first");
        return upstream;
    }

    /** Sends one message after the other, with a pause before each. */
    private interface Sending {
        void message() throws IOException;
    }

    /** Receives messages, for twice the time after which a silent stream would end. */
    private static void receive(Sending sending, Callable<String> received) throws Exception {
        ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();
        try {
            for (long left = LIMIT.multipliedBy(2).dividedBy(PAUSE); left > 0; left--) {
                Future<Boolean> sent = sender.schedule(
                        () -> {
                            sending.message();
                            return true;
                        },
                        PAUSE.toMillis(),
                        TimeUnit.MILLISECONDS);
                assertThat(received.call()).isEqualTo("m");
                assertThat(sent.get(15, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            sender.shutdownNow();
            assertThat(sender.awaitTermination(15, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static void assertServes(Http2Streams client, Http2Upstream.Connection connection) throws IOException {
        int stream = call(client);
        client.data(stream, "", true);
        int upstream = respond(client, stream, connection);
        connection.head(upstream, true, "grpc-status: 0");
        assertThat(client.trailers(stream)).containsExactly("grpc-status: 0");
    }

    /** Proves specification 7.30. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFunctionThatResetsItsStreamAfterAMessageIsStatus13InTrailers(boolean halfClosed) throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function, "max_inflight", "1");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client);
            if (halfClosed) {
                client.data(stream, "", true);
            }
            try (Http2Upstream.Connection connection = function.accept()) {
                int upstream = respond(client, stream, connection);
                connection.reset(upstream, INTERNAL_ERROR);

                assertThat(client.trailers(stream))
                        .containsExactlyInAnyOrder("grpc-status: 13", "grpc-message: the response was aborted");
                if (!halfClosed) {
                    // The rest of the request is not read.
                    assertThat(client.awaitReset(stream)).isZero();
                }
                assertThat(watchdog.log().awaitLine("POST /pkg")).contains(" - 200 ");
                assertServes(client, connection);
            }
        }
    }

    /** Proves specification 7.4. */
    @Test
    void aFunctionThatResetsItsStreamBeforeItsHeadIsStatus14InOneFrame() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client);
            try (Http2Upstream.Connection connection = function.accept()) {
                connection.reset(connection.request(), CANCEL);
                Frame head = client.next(stream);

                assertThat(head.endsStream()).isTrue();
                assertThat(head.fields()).contains(":status: 200", "grpc-status: 14");
                assertServes(client, connection);
            }
        }
    }

    /** A client could take the trailers for the end of a complete response. Proves specification 7.30. */
    @ParameterizedTest
    @CsvSource({"application/grpc, Content-Length: 9, piece", "text/plain, Transfer-Encoding: chunked, '5\r\npiece\r\n'"
    })
    void aBrokenResponseWithALengthOrOfAnotherTypeIsReset(String type, String framing, String body) throws Exception {
        String response = "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\n" + framing + "\r\n\r\n" + body;
        CountDownLatch read = new CountDownLatch(1);
        try (ScriptedFunction function = breakingOffAfter(response, read);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client);
            client.data(stream, "", true);
            assertThat(client.head(stream)).contains("content-type: " + type);
            assertThat(client.next(stream).payload()).isEqualTo("piece");
            read.countDown();

            assertThat(client.next(stream).type()).isEqualTo(RST_STREAM);
        }
    }

    private static ScriptedFunction breakingOffAfter(String response, CountDownLatch released) throws IOException {
        return ScriptedFunction.serving(connection -> {
            connection.readHead();
            connection.send(response);
            released.await();
            connection.close();
        });
    }

    /** Proves specification 7.30. */
    @Test
    void aFunctionOfHttp1ThatBreaksOffIsStatus13InTrailers() throws Exception {
        String response = "HTTP/1.1 200 OK\r\nContent-Type: application/grpc\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n5\r\npiece\r\n";
        CountDownLatch read = new CountDownLatch(1);
        try (ScriptedFunction function = breakingOffAfter(response, read);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client);
            client.data(stream, "", true);
            client.head(stream);
            assertThat(client.next(stream).payload()).isEqualTo("piece");
            read.countDown();

            assertThat(client.trailers(stream)).contains("grpc-status: 13");
        }
    }

    /** Proves specification 7.30. */
    @Test
    void anHttp1ClientOfGrpcSeesABrokenResponseAsBroken() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/grpc\r\nContent-Length: 0\r\n\r\n");
            try (Http2Upstream.Connection connection = function.accept()) {
                int upstream = connection.request();
                connection.head(upstream, false, ":status: 200", GRPC);
                connection.data(upstream, false, "piece");
                connection.reset(upstream, CANCEL);

                assertThat(client.readUntilClosedOrReset())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .doesNotContain("grpc-status", "\r\n0\r\n");
            }
        }
    }

    /** Proves specification 3.39, 7.30. */
    @Test
    void execTimeoutAfterAMessageIsStatus4InTrailersAndResetsTheFunctionsStream() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function, "exec_timeout", "1s");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client);
            try (Http2Upstream.Connection connection = function.accept()) {
                int upstream = respond(client, stream, connection);

                assertThat(client.trailers(stream)).contains("grpc-status: 4");
                Frame reset = connection.next(RST_STREAM);
                assertThat(reset.stream()).isEqualTo(upstream);
                assertThat(reset.errorCode()).isEqualTo(CANCEL);
                assertServes(client, connection);
            }
        }
    }

    /** Proves specification 3.45, 3.51. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aClientThatResetsItsStreamResetsTheFunctions(boolean responding) throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function, "max_inflight", "1");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client);
            try (Http2Upstream.Connection connection = function.accept()) {
                int upstream = responding ? respond(client, stream, connection) : connection.request();
                client.reset(stream);
                Frame reset = connection.next(RST_STREAM);

                assertThat(reset.stream()).isEqualTo(upstream);
                assertThat(reset.errorCode()).isEqualTo(CANCEL);
                assertServes(client, connection);
            }
        }
    }

    /** Proves specification 3.13. */
    @Test
    void grpcTimeoutIsForwardedAsItIs() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client, "grpc-timeout: 1500m");
            try (Http2Upstream.Connection connection = function.accept()) {
                assertThat(connection.next(HEADERS).fields()).contains("grpc-timeout: 1500m");
                connection.head(1, true, ":status: 200", GRPC, "grpc-status: 0");
                assertThat(client.head(stream)).contains("grpc-status: 0");
            }
        }
    }

    /** Who sends a message now and then. */
    private enum Sender {
        CLIENT_BEFORE_THE_RESPONSE,
        CLIENT,
        FUNCTION,
        FUNCTION_AFTER_THE_REQUEST
    }

    /** Proves specification 3.52. */
    @ParameterizedTest
    @org.junit.jupiter.params.provider.EnumSource
    void aStreamLivesLongerThanReadAndWriteTimeoutWhileEitherSideSends(Sender sender) throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function, IDLE_LIMITS);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client);
            if (sender == Sender.FUNCTION_AFTER_THE_REQUEST) {
                client.data(stream, "", true);
            }
            try (Http2Upstream.Connection connection = function.accept()) {
                int upstream = sender == Sender.CLIENT_BEFORE_THE_RESPONSE
                        ? connection.request()
                        : respond(client, stream, connection);
                if (sender == Sender.CLIENT || sender == Sender.CLIENT_BEFORE_THE_RESPONSE) {
                    receive(
                            () -> client.data(stream, "m", false),
                            () -> connection.next(DATA).payload());
                } else {
                    receive(
                            () -> connection.data(upstream, false, "m"),
                            () -> client.next(stream).payload());
                }
                if (sender == Sender.CLIENT_BEFORE_THE_RESPONSE) {
                    connection.head(upstream, false, ":status: 200", GRPC);
                    assertThat(client.head(stream)).contains(":status: 200");
                }
                connection.head(upstream, true, "grpc-status: 0");
                assertThat(client.trailers(stream)).containsExactly("grpc-status: 0");
            }
        }
    }

    /** Proves specification 3.52. */
    @ParameterizedTest
    @CsvSource({
        "300ms, 60s, false, 408 Request Time-out",
        "60s, 300ms, false, write_timeout has expired",
        "60s, 300ms, true, write_timeout has expired"
    })
    void aSilentStreamIsStatus4AfterReadTimeoutOrWriteTimeout(
            String readTimeout, String writeTimeout, boolean halfClosed, String message) throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog =
                        inFrontOf(function, "read_timeout", readTimeout, "write_timeout", writeTimeout);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client);
            if (halfClosed) {
                client.data(stream, "", true);
            }
            try (Http2Upstream.Connection connection = function.accept()) {
                int upstream = respond(client, stream, connection);

                assertThat(client.trailers(stream))
                        .containsExactlyInAnyOrder("grpc-status: 4", "grpc-message: " + message);
                assertThat(connection.next(RST_STREAM).stream()).isEqualTo(upstream);
            }
        }
    }

    /** Proves specification 3.52. */
    @Test
    void aStreamWhoseClientTakesNoMoreEndsAfterWriteTimeout() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function, "write_timeout", "300ms");
                Http2Streams client = Http2Streams.withWindow(watchdog, 5)) {
            int stream = call(client);
            client.data(stream, "", true);
            try (Http2Upstream.Connection connection = function.accept()) {
                int upstream = respond(client, stream, connection);
                connection.data(upstream, false, "second");

                assertThat(client.trailers(stream)).contains("grpc-status: 4");
                assertThat(connection.next(RST_STREAM).stream()).isEqualTo(upstream);
            }
        }
    }

    /** Proves specification 3.52. */
    @Test
    void inOtherModesWriteTimeoutIsTheLimitOfAWholeResponseOfGrpc() throws Exception {
        try (RunningWatchdog watchdog = ForkingWatchdog.STREAMING.running(
                        "while :; do echo m; sleep 0.05; done",
                        "content_type",
                        "application/grpc",
                        "write_timeout",
                        "500ms");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client);
            client.data(stream, "", true);
            assertThat(client.head(stream)).contains(":status: 200", GRPC);
            Frame frame = client.next(stream);
            while (frame.type() == DATA && !frame.endsStream()) {
                frame = client.next(stream);
            }

            assertThat(frame.type()).isEqualTo(HEADERS);
            assertThat(frame.fields()).isEqualTo(List.of("grpc-status: 4", "grpc-message: write_timeout has expired"));
        }
    }
}
