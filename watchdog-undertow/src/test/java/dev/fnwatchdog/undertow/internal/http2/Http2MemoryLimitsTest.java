package dev.fnwatchdog.undertow.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.WatchdogInternals;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import java.io.IOException;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** HTTP/2 streams that do not fit into the memory budgets. {@link Http2MemoryLimitsIT} fills real ones. Proves specification 9.13. */
class Http2MemoryLimitsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final int REFUSED_STREAM = 7;
    private static final int ENHANCE_YOUR_CALM = 11;

    private static ScriptedFunction responding() throws IOException {
        return ScriptedFunction.answering(OK);
    }

    private static RunningWatchdog withHeapOf(long bytes, ScriptedFunction function) throws Exception {
        return RunningWatchdog.started(
                builder -> WatchdogInternals.memory(builder, MemoryShares.ofHeap(bytes)),
                "mode",
                "http",
                "fprocess",
                "sleep 600",
                "http_upstream_url",
                "http://127.0.0.1:" + function.port());
    }

    /** Returns fields of a few bytes on the wire that take more than 64 KiB of the heap together. */
    private static Stream<String> manyFields() {
        return IntStream.range(0, 300).mapToObj(i -> "x-" + i + ": v");
    }

    private static void assertServed(Http2Streams client, int stream) throws IOException {
        assertThat(client.head(stream)).contains(":status: 200");
        assertThat(client.body(stream)).isEqualTo("hi");
    }

    /** Proves specification 9.13. */
    @Test
    void http2StreamWhoseHeadDoesNotFitIsRefusedAndTheOthersAreServed() throws Exception {
        String[] head = Stream.concat(
                        Stream.of(":method: GET", ":scheme: http", ":authority: h", ":path: /"), manyFields())
                .toArray(String[]::new);
        try (ScriptedFunction function = responding()) {
            try (RunningWatchdog watchdog = withHeapOf(256 << 10, function);
                    Http2Streams client = Http2Streams.of(watchdog)) {
                assertThat(client.resetOf(client.request(true, head))).isEqualTo(REFUSED_STREAM);
                assertServed(client, client.get("/"));
            }
            try (RunningWatchdog watchdog = withHeapOf(4 << 20, function);
                    Http2Streams client = Http2Streams.of(watchdog)) {
                assertServed(client, client.request(true, head));
            }
        }
    }

    /** Proves specification 9.13. */
    @Test
    void http2TrailersThatDoNotFitResetTheirStreamAndTheOthersAreServed() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        if (connection.readHead().startsWith("POST ")) {
                            connection.readUntil("\r\n0\r\n");
                        }
                        connection.send(OK);
                    }
                });
                RunningWatchdog watchdog = withHeapOf(256 << 10, function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/");
            client.data(stream, "body", false);
            client.trailers(stream, manyFields().toArray(String[]::new));

            assertThat(client.resetOf(stream)).isEqualTo(ENHANCE_YOUR_CALM);
            assertServed(client, client.get("/"));
        }
    }

    /** A stream can buffer as much of its body as its window allows, 64 KiB. Proves specification 9.13. */
    @Test
    void http2StreamsWhoseBodiesDoNotFitAreRefusedAndTheOthersAreServed() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        if (connection.readHead().startsWith("POST ")) {
                            connection.readUntil("\r\n0\r\n\r\n");
                        }
                        connection.send(OK);
                    }
                });
                // Five eighths are 306 KB: three streams with a body take 80 KiB each, and the fourth does not fit.
                RunningWatchdog watchdog = withHeapOf(490_000, function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            List<Integer> uploads = List.of(client.post("/"), client.post("/"), client.post("/"));

            assertThat(client.resetOf(client.post("/"))).isEqualTo(REFUSED_STREAM);
            assertServed(client, client.get("/"));
            for (int stream : uploads) {
                client.data(stream, "body", true);
                assertServed(client, stream);
            }
            int next = client.post("/");
            client.data(next, "body", true);
            assertServed(client, next);
        }
    }
}
