package dev.fnwatchdog.undertow.internal.proxy;

import static dev.fnwatchdog.undertow.fixture.Http2Frames.DATA;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.HEADERS;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.RST_STREAM;
import static dev.fnwatchdog.undertow.internal.proxy.Http2UpstreamTest.inFrontOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Frames.Frame;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.Http2Upstream;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A function that speaks HTTP/2 and ends streams or connections early. Proves specification 3.50, 3.51. */
@Timeout(60)
class Http2UpstreamFailureTest {
    private static final int CANCEL = 8;
    private static final int INTERNAL_ERROR = 2;
    private static final int REFUSED_STREAM = 7;
    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private static void assertServes(Http2Streams client, Http2Upstream.Connection connection) throws Exception {
        int stream = client.get("/ok");
        int upstream = connection.request();
        connection.head(upstream, false, ":status: 200", "content-type: a/b");
        connection.data(upstream, true, "ok");
        assertThat(client.head(stream)).contains(":status: 200");
        assertThat(client.body(stream)).isEqualTo("ok");
    }

    /** Proves specification 2.16, 3.40. */
    @Test
    void aStreamResetBeforeItsHeadIs500AndLeavesTheOthers() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int failing = client.get("/a");
            try (Http2Upstream.Connection connection = function.accept()) {
                int upstream = connection.request();
                int other = client.get("/b");
                int otherUpstream = connection.request();
                connection.reset(upstream, INTERNAL_ERROR);
                assertThat(client.head(failing)).contains(":status: 500", "x-openfaas-internal: of-watchdog");
                watchdog.log().awaitLine("Upstream HTTP request error: ");
                assertThat(watchdog.metric("watchdog_upstream_errors_total{kind=\"closed\"}"))
                        .isEqualTo(1);

                connection.head(otherUpstream, true, ":status: 200");
                assertThat(client.head(other)).contains(":status: 200");
                assertServes(client, connection);
            }
        }
    }

    /** Proves specification 3.41. */
    @Test
    void aStreamResetWithinItsBodyBreaksTheResponseOffAndLeavesTheOthers() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int failing = client.get("/a");
            try (Http2Upstream.Connection connection = function.accept()) {
                int upstream = connection.request();
                connection.head(upstream, false, ":status: 200", "content-type: a/b");
                connection.data(upstream, false, "piece");
                assertThat(client.head(failing)).contains(":status: 200");
                assertThat(client.next(failing).payload()).isEqualTo("piece");
                connection.reset(upstream, INTERNAL_ERROR);

                client.awaitReset(failing);
                assertServes(client, connection);
            }
        }
    }

    /** Proves specification 3.41. */
    @Test
    void aStreamResetWithinItsBodyClosesTheConnectionOfAnHttp11Client() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(GET);
            try (Http2Upstream.Connection connection = function.accept()) {
                connection.head(connection.request(), false, ":status: 200", "content-length: 9");
                connection.data(1, false, "piece");
                connection.reset(1, INTERNAL_ERROR);

                assertThat(client.readUntilClosedOrReset())
                        .startsWith("HTTP/1.1 200")
                        .endsWith("piece");
            }
        }
    }

    @Test
    void aRefusedStreamIsSentAgainOnce() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(GET);
            try (Http2Upstream.Connection connection = function.accept()) {
                connection.reset(connection.request(), REFUSED_STREAM);
                connection.head(connection.request(), true, ":status: 200");
                assertThat(client.readHead()).startsWith("HTTP/1.1 200");

                client.send(GET);
                connection.reset(connection.request(), REFUSED_STREAM);
                connection.reset(connection.request(), REFUSED_STREAM);
                assertThat(client.readHead()).startsWith("HTTP/1.1 500");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRefusedBodyIsSentAgainUnlessAByteOfItWasTaken(boolean taken) throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\n" + (taken ? "bo" : ""));
            try (Http2Upstream.Connection connection = function.accept()) {
                int first = connection.request();
                if (taken) {
                    assertThat(connection.next(DATA).payload()).isEqualTo("bo");
                    connection.reset(first, REFUSED_STREAM);
                    assertThat(client.readHead()).startsWith("HTTP/1.1 500");
                } else {
                    connection.reset(first, REFUSED_STREAM);
                    int second = connection.request();
                    client.send("body");
                    assertThat(connection.body(second)).isEqualTo("body");
                    connection.head(second, true, ":status: 200");
                    assertThat(client.readHead()).startsWith("HTTP/1.1 200");
                }
            }
        }
    }

    @Test
    void aStreamBeyondGoAwayIsSentAgainOnAnotherConnectionWhileTheOthersAreServed() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int served = client.get("/a");
            try (Http2Upstream.Connection draining = function.accept()) {
                draining.request();
                draining.awaitRead();
                int moved = client.get("/b");
                assertThat(draining.request()).isEqualTo(3);
                draining.goAway(1, 0);
                try (Http2Upstream.Connection next = function.accept()) {
                    assertThat(next.next(HEADERS).fields()).contains(":path: /b");
                    next.head(1, true, ":status: 200");
                    assertThat(client.head(moved)).contains(":status: 200");

                    draining.head(1, true, ":status: 200");
                    assertThat(client.head(served)).contains(":status: 200");
                    assertThat(draining.raw().readUntilClosedOrReset()).isNotNull();
                    assertServes(client, next);
                }
            }
        }
    }

    /** Proves specification 3.44. */
    @Test
    void manyRequestsToAFunctionWithOneStreamPerConnectionAreServedAtOnce() throws Exception {
        int requests = 20;
        List<Http2Upstream.Connection> connections = new ArrayList<>();
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                streams.add(client.get("/" + i));
            }
            for (int i = 0; i < requests; i++) {
                Http2Upstream.Connection connection = function.accept(Http2Upstream.MAX_CONCURRENT_STREAMS, 1);
                connections.add(connection);
                assertThat(connection.next(HEADERS).fields()).contains(":path: /" + i);
            }
            assertThat(watchdog.metric("watchdog_upstream_connections")).isEqualTo(requests);
            for (Http2Upstream.Connection connection : connections) {
                connection.head(1, true, ":status: 200");
            }
            for (int stream : streams) {
                assertThat(client.head(stream)).contains(":status: 200");
            }
        } finally {
            for (Http2Upstream.Connection connection : connections) {
                connection.close();
            }
        }
    }

    @Test
    void manyRequestsShareOneConnection() throws Exception {
        int requests = 100;
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                streams.add(client.get("/" + i));
            }
            try (Http2Upstream.Connection connection = function.accept()) {
                for (int i = 0; i < requests; i++) {
                    Frame request = connection.next(HEADERS);
                    assertThat(request.fields()).contains(":path: /" + i);
                    connection.head(request.stream(), true, ":status: 200");
                }
                for (int stream : streams) {
                    assertThat(client.head(stream)).contains(":status: 200");
                }
                assertThat(watchdog.metric("watchdog_upstream_connections")).isEqualTo(1);
            }
            Polling.until(Duration.ofSeconds(15), () -> watchdog.metric("watchdog_upstream_connections") == 0);
        }
    }

    /** Proves specification 3.40, 3.41. */
    @Test
    void allStreamsOfALostConnectionFailAndTheNextRequestGetsANewOne() throws Exception {
        int requests = 30;
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            List<Integer> streams = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                streams.add(client.get("/" + i));
            }
            try (Http2Upstream.Connection connection = function.accept()) {
                for (int i = 0; i < requests; i++) {
                    int upstream = connection.request();
                    if (i % 2 == 0) {
                        connection.head(upstream, false, ":status: 200", "content-type: a/b");
                    }
                }
                for (int i = 0; i < requests; i += 2) {
                    assertThat(client.head(streams.get(i))).contains(":status: 200");
                }
                connection.raw().reset();
            }
            for (int i = 0; i < requests; i++) {
                if (i % 2 == 0) {
                    client.awaitReset(streams.get(i));
                } else {
                    assertThat(client.head(streams.get(i))).contains(":status: 500");
                }
            }
            int stream = client.get("/new");
            try (Http2Upstream.Connection connection = function.accept()) {
                connection.head(connection.request(), true, ":status: 200");
                assertThat(client.head(stream)).contains(":status: 200");
            }
        }
    }

    /** Proves specification 3.40. */
    @Test
    void anUnreachableFunctionIs500() throws Exception {
        Http2Upstream function = Http2Upstream.open();
        try (RunningWatchdog watchdog = inFrontOf(function)) {
            Polling.until(Duration.ofSeconds(15), () -> watchdog.get("/_/ready").statusCode() == 200);
            function.close();

            assertThat(watchdog.get("/").statusCode()).isEqualTo(500);
            watchdog.log().awaitLine("cannot be reached: ");
        }
    }

    /** Proves specification 2.16. */
    @Test
    void aMalformedHeadIsCountedAsMalformed() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(GET);
            try (Http2Upstream.Connection connection = function.accept()) {
                connection.head(connection.request(), true, ":status: none");

                assertThat(client.readResponse()).startsWith("HTTP/1.1 500 ");
                assertThat(watchdog.metric("watchdog_upstream_errors_total{kind=\"malformed\"}"))
                        .isEqualTo(1);
            }
        }
    }

    /** Proves specification 3.40. */
    @Test
    void aFunctionThatSpeaksHttp11Is500() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
                    connection.readUntilClosedOrReset();
                });
                RunningWatchdog watchdog = inFrontOf(function.port())) {
            assertThat(watchdog.get("/").statusCode()).isEqualTo(500);
        }
    }

    /** Proves specification 3.37. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void execTimeoutIs504AndResetsTheStreamAlone(boolean withBody) throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function, "exec_timeout", "2s");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = withBody ? client.post("/a") : client.get("/a");
            try (Http2Upstream.Connection connection = function.accept()) {
                int upstream = connection.request();
                assertThat(client.head(stream)).contains(":status: 504");
                Frame reset = connection.next(RST_STREAM);
                assertThat(reset.stream()).isEqualTo(upstream);
                assertThat(reset.errorCode()).isEqualTo(CANCEL);
                assertServes(client, connection);
            }
        }
    }

    /** Proves specification 3.37. */
    @Test
    void execTimeoutIs504WhereTheRequestWaitsForAStream() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function, "exec_timeout", "1s");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int first = client.get("/a");
            int second = client.get("/b");
            try (Http2Upstream.Connection withoutSettings = function.acceptSilently()) {
                assertThat(withoutSettings.raw().read(1)).isNotEmpty();
                assertThat(client.head(first)).contains(":status: 504");
                assertThat(client.head(second)).contains(":status: 504");
            }
        }
    }

    /** Proves specification 3.45. */
    @ParameterizedTest
    @ValueSource(
            strings = {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc"
            })
    void aClientThatDisconnectsResetsItsStream(String request) throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function)) {
            RawClient client = watchdog.connect();
            client.send(request);
            try (Http2Upstream.Connection connection = function.accept()) {
                int upstream = connection.request();
                client.close();

                Frame reset = connection.next(RST_STREAM);
                assertThat(reset.stream()).isEqualTo(upstream);
                assertThat(reset.errorCode()).isEqualTo(CANCEL);
                watchdog.awaitIdle();
            }
        }
    }

    /** Proves specification 3.45, 9.18. */
    @Test
    void aClientThatResetsItsStreamResetsTheOneToTheFunctionAlone() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.get("/a");
            try (Http2Upstream.Connection connection = function.accept()) {
                int upstream = connection.request();
                connection.head(upstream, false, ":status: 200", "content-type: a/b");
                connection.data(upstream, false, "piece");
                client.head(stream);
                client.reset(stream);

                assertThat(connection.next(RST_STREAM).stream()).isEqualTo(upstream);
                assertServes(client, connection);
            }
        }
    }
}
