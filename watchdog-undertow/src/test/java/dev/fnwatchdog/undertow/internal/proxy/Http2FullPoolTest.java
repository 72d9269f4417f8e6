package dev.fnwatchdog.undertow.internal.proxy;

import static dev.fnwatchdog.undertow.internal.proxy.Http2UpstreamTest.inFrontOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.Http2Upstream;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A function whose connection has no room, and that accepts no further one. Proves specification 3.50. */
@Timeout(60)
class Http2FullPoolTest {
    private static Http2Upstream.Connection full(Http2Upstream function) throws Exception {
        Http2Upstream.Connection connection = function.accept(Http2Upstream.MAX_CONCURRENT_STREAMS, 1);
        assertThat(connection.next(Http2Frames.HEADERS).fields()).contains(":path: /first");
        connection.awaitRead();
        function.close();
        return connection;
    }

    @Test
    void aRequestThatWaitsIsServedWhenTheOtherHasEnded() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int first = client.get("/first");
            try (Http2Upstream.Connection connection = full(function)) {
                int second = client.get("/second");
                int third = client.get("/third");
                client.send(Http2Frames.PING, 0, 0, new byte[8]);
                client.awaitPing();
                connection.head(1, true, ":status: 200");
                assertThat(client.head(first)).contains(":status: 200");
                assertThat(connection.next(Http2Frames.HEADERS).fields()).contains(":path: /second");
                connection.head(3, true, ":status: 201");
                assertThat(client.head(second)).contains(":status: 201");
                assertThat(connection.next(Http2Frames.HEADERS).fields()).contains(":path: /third");
                connection.head(5, true, ":status: 202");
                assertThat(client.head(third)).contains(":status: 202");
            }
        }
    }

    /** Proves specification 3.40. */
    @Test
    void theRequestsThatWaitAre500WhenTheOnlyConnectionEnds() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int first = client.get("/first");
            try (Http2Upstream.Connection connection = full(function)) {
                int second = client.get("/second");
                int third = client.get("/third");
                client.send(Http2Frames.PING, 0, 0, new byte[8]);
                client.awaitPing();
                connection.close();

                assertThat(client.head(first)).contains(":status: 500");
                assertThat(client.head(second)).contains(":status: 500");
                assertThat(client.head(third)).contains(":status: 500");
            }
        }
    }

    /** Proves specification 3.45. */
    @Test
    void aRequestThatWaitsIsForgottenWhenItsClientResetsIt() throws Exception {
        try (Http2Upstream function = Http2Upstream.open();
                RunningWatchdog watchdog = inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int first = client.get("/first");
            try (Http2Upstream.Connection connection = full(function)) {
                client.reset(client.get("/second"));
                int third = client.get("/third");
                client.send(Http2Frames.PING, 0, 0, new byte[8]);
                client.awaitPing();
                connection.head(1, true, ":status: 200");
                assertThat(client.head(first)).contains(":status: 200");
                assertThat(connection.next(Http2Frames.HEADERS).fields()).contains(":path: /third");
                connection.head(3, true, ":status: 200");
                assertThat(client.head(third)).contains(":status: 200");
            }
        }
    }
}
