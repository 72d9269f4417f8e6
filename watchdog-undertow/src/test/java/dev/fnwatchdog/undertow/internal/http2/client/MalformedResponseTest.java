package dev.fnwatchdog.undertow.internal.http2.client;

import static dev.fnwatchdog.undertow.fixture.Http2Frames.CONTINUATION;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.DATA;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.GOAWAY;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.HEADERS;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.PING;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.RST_STREAM;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.SETTINGS;
import static dev.fnwatchdog.undertow.fixture.Http2Frames.WINDOW_UPDATE;
import static dev.fnwatchdog.undertow.fixture.Http2Upstream.INITIAL_WINDOW_SIZE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.fnwatchdog.undertow.fixture.Http2Frames.Frame;
import dev.fnwatchdog.undertow.fixture.Http2Upstream;
import java.io.IOException;
import java.util.Collections;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rules of RFC 9113 that an upstream breaks: which end a stream, and which the connection. */
class MalformedResponseTest {
    private static final int PUSH_PROMISE = 5;
    private static final int PRIORITY = 2;
    private static final int END_HEADERS = 4;
    private static final int PADDED = 8;
    private static final int PROTOCOL_ERROR = 1;
    private static final int FLOW_CONTROL_ERROR = 3;
    private static final int STREAM_CLOSED = 5;
    private static final int FRAME_SIZE_ERROR = 6;
    private static final int COMPRESSION_ERROR = 9;

    /** What the upstream sends instead of a response. */
    private interface Script {
        void send(Http2Upstream.Connection server) throws IOException;
    }

    static Stream<Arguments> malformedHeads() {
        return Stream.of(
                arguments("no status", new String[] {"a: b"}),
                arguments("a status of two digits", new String[] {":status: 20"}),
                arguments("a status of letters", new String[] {":status: abc"}),
                arguments("a status below 100", new String[] {":status: 099"}),
                arguments("two statuses", new String[] {":status: 200", ":status: 200"}),
                arguments("a status behind a field", new String[] {"a: b", ":status: 200"}),
                arguments("a pseudo-header field of a request", new String[] {":status: 200", ":path: /"}),
                arguments("an upgrade", new String[] {":status: 101"}),
                arguments("an upper-case name", new String[] {":status: 200", "Upper: b"}),
                arguments("a name with a blank", new String[] {":status: 200", "a b: c"}),
                arguments("a value with CR and LF", new String[] {":status: 200", "a: b\r\nc: d"}),
                arguments("a value with NUL", new String[] {":status: 200", "a: b\0"}),
                arguments("a value that begins with a blank", new String[] {":status: 200", "a:  b"}),
                arguments("connection", new String[] {":status: 200", "connection: close"}),
                arguments("transfer-encoding", new String[] {":status: 200", "transfer-encoding: chunked"}),
                arguments("upgrade", new String[] {":status: 200", "upgrade: h2c"}),
                arguments("keep-alive", new String[] {":status: 200", "keep-alive: 5"}),
                arguments("proxy-connection", new String[] {":status: 200", "proxy-connection: close"}),
                arguments("two lengths", new String[] {":status: 200", "content-length: 1", "content-length: 2"}),
                arguments("a negative length", new String[] {":status: 200", "content-length: -1"}),
                arguments("a head that is too large", new String[] {
                    ":status: 200", "a: " + "x".repeat(TestedConnection.MAX_HEAD)
                }),
                arguments(
                        "too many fields of one name",
                        Stream.concat(Stream.of(":status: 200"), Collections.nCopies(128, "a: b").stream())
                                .toArray(String[]::new)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedHeads")
    void aMalformedHeadResetsItsStreamAlone(String name, String[] lines) throws Exception {
        assertStreamReset(server -> server.headInPieces(1, true, 10_000, lines), PROTOCOL_ERROR);
    }

    static Stream<Arguments> malformedStreams() {
        return Stream.of(
                arguments("DATA before the head", PROTOCOL_ERROR, (Script) server -> server.data(1, false, "body")),
                arguments("empty DATA before the head", PROTOCOL_ERROR, (Script) server -> server.data(1, true, "")),
                arguments("an interim response that ends the stream", PROTOCOL_ERROR, (Script)
                        server -> server.head(1, true, ":status: 103")),
                arguments("trailers that do not end the stream", PROTOCOL_ERROR, (Script) server -> {
                    server.head(1, false, ":status: 200");
                    server.head(1, false, "a: b");
                }),
                arguments("a pseudo-header field in trailers", PROTOCOL_ERROR, (Script) server -> {
                    server.head(1, false, ":status: 200");
                    server.head(1, true, ":status: 200");
                }),
                arguments("a connection-specific field in trailers", PROTOCOL_ERROR, (Script) server -> {
                    server.head(1, false, ":status: 200");
                    server.head(1, true, "connection: close");
                }),
                arguments("trailers before the announced length", PROTOCOL_ERROR, (Script) server -> {
                    server.head(1, false, ":status: 200", "content-length: 5");
                    server.data(1, false, "body");
                    server.head(1, true, "a: b");
                }),
                arguments("a window that is widened by nothing", PROTOCOL_ERROR, (Script) server -> server.widen(1, 0)),
                arguments("a window that exceeds 2^31-1", FLOW_CONTROL_ERROR, (Script)
                        server -> server.widen(1, Integer.MAX_VALUE)),
                arguments("a priority of another length", FRAME_SIZE_ERROR, (Script)
                        server -> server.send(PRIORITY, 0, 1, new byte[4])));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedStreams")
    void aBrokenRuleOfAStreamResetsItAlone(String name, int code, Script script) throws Exception {
        assertStreamReset(script, code);
    }

    private static void assertStreamReset(Script script, int code) throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            server.awaitRead();
            TestedStream broken = client.get("/");
            TestedStream other = client.get("/");
            server.request();
            server.request();
            script.send(server);
            Frame reset = server.next();
            assertThat(reset.type()).isEqualTo(RST_STREAM);
            assertThat(reset.stream()).isEqualTo(1);
            assertThat(reset.errorCode()).isEqualTo(code);
            server.head(3, true, ":status: 200");

            assertThat(other.next()).isEqualTo("head 200 ended");
            assertThat(lastEvent(broken)).startsWith("reset ").contains("the peer violated the protocol");
            assertThat(client.connection().accepting()).isTrue();
        }
    }

    private static String lastEvent(TestedStream stream) throws InterruptedException {
        String event = stream.next();
        return event.startsWith("head ") && !event.endsWith(" ended") ? stream.next() : event;
    }

    static Stream<Arguments> violations() {
        return Stream.of(
                violation(
                        "a promise", PROTOCOL_ERROR, server -> server.send(PUSH_PROMISE, END_HEADERS, 1, new byte[4])),
                violation("a head of the server's own", PROTOCOL_ERROR, server -> server.head(2, true, ":status: 200")),
                violation("a head without a request", PROTOCOL_ERROR, server -> server.head(7, true, ":status: 200")),
                violation("DATA without a request", PROTOCOL_ERROR, server -> server.data(7, true, "x")),
                violation("DATA without a stream", PROTOCOL_ERROR, server -> server.data(0, true, "x")),
                violation("a reset without a request", PROTOCOL_ERROR, server -> server.reset(7, 0)),
                violation("a reset without a code", FRAME_SIZE_ERROR, server -> server.send(RST_STREAM, 0, 1)),
                violation("a head after the end", STREAM_CLOSED, server -> {
                    server.head(1, true, ":status: 200");
                    server.head(1, true, ":status: 200");
                }),
                violation(
                        "a continuation without a head",
                        PROTOCOL_ERROR,
                        server -> server.send(CONTINUATION, END_HEADERS, 1)),
                violation("a frame within a field block", PROTOCOL_ERROR, server -> {
                    server.send(HEADERS, 0, 1);
                    server.data(3, false, "x");
                }),
                violation(
                        "fields that cannot be decoded",
                        COMPRESSION_ERROR,
                        server -> server.send(HEADERS, END_HEADERS, 1, (byte) 0xff, (byte) 0xff)),
                violation("padding longer than its frame", PROTOCOL_ERROR, server -> {
                    server.head(1, false, ":status: 200");
                    server.send(DATA, PADDED, 1, (byte) 5, (byte) 0);
                }),
                violation(
                        "a frame longer than announced",
                        FRAME_SIZE_ERROR,
                        server -> server.send(DATA, 0, 1, new byte[17_000])),
                violation("SETTINGS on a stream", PROTOCOL_ERROR, server -> server.send(SETTINGS, 0, 1)),
                violation("an incomplete setting", FRAME_SIZE_ERROR, server -> server.send(SETTINGS, 0, 0, (byte) 1)),
                violation(
                        "a window beyond the limit",
                        FLOW_CONTROL_ERROR,
                        server -> server.settings(INITIAL_WINDOW_SIZE, -1)),
                violation("a server that accepts promises", PROTOCOL_ERROR, server -> server.settings(2, 1)),
                violation(
                        "an acknowledgement with settings",
                        FRAME_SIZE_ERROR,
                        server -> server.send(SETTINGS, 1, 0, new byte[6])),
                violation("a PING on a stream", PROTOCOL_ERROR, server -> server.send(PING, 0, 1, new byte[8])),
                violation("a PING of another length", FRAME_SIZE_ERROR, server -> server.send(PING, 0, 0, new byte[7])),
                violation("GOAWAY on a stream", PROTOCOL_ERROR, server -> server.send(GOAWAY, 0, 1, new byte[8])),
                violation("GOAWAY without a code", FRAME_SIZE_ERROR, server -> server.send(GOAWAY, 0, 0, new byte[4])),
                violation(
                        "a window of the connection widened by nothing", PROTOCOL_ERROR, server -> server.widen(0, 0)),
                violation(
                        "a window of the connection too wide",
                        FLOW_CONTROL_ERROR,
                        server -> server.widen(0, Integer.MAX_VALUE)),
                violation(
                        "WINDOW_UPDATE of another length",
                        FRAME_SIZE_ERROR,
                        server -> server.send(WINDOW_UPDATE, 0, 0, new byte[3])));
    }

    private static Arguments violation(String name, int code, Script script) {
        return arguments(name, code, script);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("violations")
    void aBrokenRuleOfTheConnectionEndsItWithGoaway(String name, int code, Script script) throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.accept()) {
            server.awaitRead();
            TestedStream broken = client.get("/");
            TestedStream other = client.get("/");
            server.request();
            server.request();
            script.send(server);
            Frame goAway = server.next();

            assertThat(goAway.type()).isEqualTo(GOAWAY);
            assertThat(goAway.errorCode()).isEqualTo(code);
            assertThat(goAway.payload()).startsWith("\0\0\0\0");
            assertThat(lastEvent(broken)).matches("(?s)reset .*the peer violated the protocol.*|head 200 ended");
            assertThat(other.next()).startsWith("reset ").contains("the peer violated the protocol");
            assertThat(client.awaitClosed()).contains("the peer violated the protocol");
        }
    }

    @Test
    void anotherFrameThanSettingsFirstEndsTheConnection() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.acceptSilently()) {
            TestedStream stream = client.get("/");
            server.request();
            server.send(PING, 0, 0, new byte[8]);

            assertThat(stream.next()).startsWith("reset PROTOCOL_ERROR: ");
            assertThat(client.awaitClosed()).startsWith("PROTOCOL_ERROR: ");
        }
    }

    @Test
    void aServerOfHttp1EndsTheConnection() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port());
                Http2Upstream.Connection server = upstream.acceptSilently()) {
            TestedStream stream = client.get("/");
            server.raw().send("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");

            assertThat(stream.next()).startsWith("reset FRAME_SIZE_ERROR: ");
            assertThat(client.awaitClosed()).startsWith("FRAME_SIZE_ERROR: ");
        }
    }

    @Test
    void theWindowOfTheConnectionIsWidenedWhileNoBodyIsRead() throws Exception {
        try (Http2Upstream upstream = Http2Upstream.open();
                TestedConnection client = TestedConnection.to(upstream.port(), TestedConnection.options(16_000_000));
                Http2Upstream.Connection server = upstream.accept()) {
            TestedStream stream = client.get("/");
            server.request();
            server.head(1, false, ":status: 200");
            assertThat(stream.next()).isEqualTo("head 200");
            // The window is widened as DATA arrives, so it is never exceeded by a server that sends in order.
            for (int i = 0; i < 300; i++) {
                server.data(1, false, "x".repeat(16_000));
            }
            server.data(1, true, "");

            assertThat(stream.count().next()).isEqualTo("end");
            assertThat(stream.length()).isEqualTo(4_800_000);
        }
    }
}
