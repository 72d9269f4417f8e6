package dev.fnwatchdog.undertow.internal.handler;

import static dev.fnwatchdog.undertow.fixture.Http2Frames.HEADERS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.WatchdogInternals;
import dev.fnwatchdog.undertow.fixture.ForkingWatchdog;
import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.Http2Frames.Frame;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import dev.fnwatchdog.undertow.fixture.TokenIssuer;
import dev.fnwatchdog.undertow.internal.io.MemoryShares;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the watchdog itself responds to requests of gRPC. Proves specification 7.4. */
@Timeout(60)
class GrpcRefusalTest {
    private static final String GRPC = "content-type: application/grpc+proto";
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    private static int call(Http2Streams client, String... fields) throws IOException {
        String[] all = new String[fields.length + 2];
        all[0] = GRPC;
        all[1] = "te: trailers";
        System.arraycopy(fields, 0, all, 2, fields.length);
        return client.post("/pkg.Service/Call", all);
    }

    /** The first frame of the response has to be its last. */
    private static void assertRefused(Http2Streams client, int stream, int status, String message) throws IOException {
        Frame head = client.next(stream);
        assertThat(head.type()).isEqualTo(HEADERS);
        assertThat(head.endsStream()).isTrue();
        assertThat(head.fields())
                .startsWith(":status: 200")
                .contains("content-type: application/grpc", "grpc-status: " + status, "grpc-message: " + message)
                .noneMatch(field -> field.startsWith("content-length"));
    }

    private static void assertCountedAs(RunningWatchdog watchdog, int status) throws Exception {
        assertThat(watchdog.log().awaitLine(" - " + status)).contains("POST /pkg.Service/Call - " + status);
        assertThat(watchdog.metrics()).contains("http_requests_total{code=\"" + status + "\",method=\"post\"} 1\n");
    }

    @Test
    void aRequestBeyondMaxInflightIsStatus8WithTheFieldsOfA429() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    arrived.countDown();
                    release.await();
                    connection.send(OK);
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                RawClient first = watchdog.connect();
                Http2Streams client = Http2Streams.of(watchdog)) {
            first.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(arrived.await(10, TimeUnit.SECONDS)).isTrue();
            int stream = call(client);
            Frame head = client.next(stream);

            assertThat(head.endsStream()).isTrue();
            assertThat(head.fields())
                    .containsOnlyOnce(":status: 200", "content-type: application/grpc", "grpc-status: 8")
                    .contains(
                            "grpc-message: Concurrent request limit exceeded. Max concurrent requests: 1",
                            "x-openfaas-internal: faas-middleware",
                            "retry-after: 1");
            assertCountedAs(watchdog, 429);
            release.countDown();
            assertThat(first.readResponse()).endsWith("hi");
        }
    }

    @Test
    void aFunctionThatCannotBeReachedIsStatus14AndLoggedAndCountedAs500() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(FreePort.any(), "startup_wait", "100ms");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client);

            assertRefused(client, stream, 14, "500 Internal Server Error");
            assertCountedAs(watchdog, 500);
        }
    }

    @Test
    void aFunctionThatEndsWithoutAResponseIsStatus14() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.close();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client);
            client.data(stream, "message", true);

            assertRefused(client, stream, 14, "500 Internal Server Error");
            assertCountedAs(watchdog, 500);
        }
    }

    @Test
    void anExpiredExecTimeoutIsStatus4AndLoggedAndCountedAs504() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(RawClient::readToEnd);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "200ms");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client);

            assertRefused(client, stream, 4, "504 Gateway Time-out");
            assertCountedAs(watchdog, 504);
        }
    }

    @Test
    void aBodyThatStopsIsStatus4AndLoggedAndCountedAs408() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(RawClient::readToEnd);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "read_timeout", "200ms");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client);

            assertRefused(client, stream, 4, "408 Request Time-out");
            assertCountedAs(watchdog, 408);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aMalformedRequestIsStatus13(boolean badEscape) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post(badEscape ? "/%zz" : "noslash", GRPC);
            Frame head = client.next(stream);

            assertThat(head.endsStream()).isTrue();
            assertThat(head.fields()).contains(":status: 200", "content-type: application/grpc", "grpc-status: 13");
        }
    }

    @Test
    void aHeadThatIsTooLongIsStatus13() throws Exception {
        String value = "x".repeat(128 * 1024);
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            String[] fields = new String[14];
            fields[0] = ":method: POST";
            fields[1] = ":scheme: http";
            fields[2] = ":authority: h";
            fields[3] = ":path: /";
            fields[4] = GRPC;
            for (int i = 5; i < fields.length; i++) {
                fields[i] = "x-" + i + ": " + value;
            }
            int stream = client.requestInPieces(true, 16 * 1024, fields);

            assertRefused(client, stream, 13, "Request Header Fields Too Large");
        }
    }

    @Test
    void aMissingTokenIsStatus16AndOneWithoutPermissionStatus7() throws Exception {
        try (TokenIssuer issuer = TokenIssuer.start();
                ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, issuer.settings());
                Http2Streams client = Http2Streams.of(watchdog)) {
            int missing = call(client);
            assertRefused(client, missing, 16, "a header \"Authorization: Bearer <token>\" is required");
            assertCountedAs(watchdog, 401);

            int forbidden = call(client, "authorization: Bearer " + issuer.tokenFor("other-function"));
            assertThat(client.head(forbidden)).contains(":status: 200", "grpc-status: 7");
            assertCountedAs(watchdog, 403);
        }
    }

    @Test
    void aRequestForWhichThereIsNoMemoryIsStatus14() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.started(
                        builder -> WatchdogInternals.memory(builder, MemoryShares.ofHeap(16 * 1024)),
                        "mode",
                        "http",
                        "fprocess",
                        "sleep 600",
                        "http_upstream_url",
                        "http://127.0.0.1:" + FreePort.any());
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.request(
                    true, ":method: POST", ":scheme: http", ":authority: h", ":path: /pkg.Service/Call", GRPC);

            assertRefused(client, stream, 14, "not enough memory for further requests");
            assertCountedAs(watchdog, 503);
        }
    }

    @Test
    void aBodyBeyondTheMemoryBudgetIsStatus8() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.started(
                        builder -> WatchdogInternals.memory(builder, MemoryShares.ofHeap(1024 * 1024)),
                        "mode",
                        "serializing",
                        "fprocess",
                        "cat");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client, "content-length: 1000000");
            Frame head = client.next(stream);

            assertThat(head.endsStream()).isTrue();
            assertThat(head.fields()).contains(":status: 200", "grpc-status: 8");
            assertCountedAs(watchdog, 413);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aProcessThatOutlivesExecTimeoutIsRefusedInEachModeWithAProcess(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.running("exec sleep 60", "exec_timeout", "300ms");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client);
            client.data(stream, "", true);
            Frame head = client.next(stream);

            assertThat(head.endsStream()).isTrue();
            // The timeout of serializing mode is 500, as with of-watchdog (specification 4.21).
            assertThat(head.fields()).contains(":status: 200", mode.streams() ? "grpc-status: 4" : "grpc-status: 14");
            assertCountedAs(watchdog, mode.streams() ? 504 : 500);
        }
    }

    /** Proves specification 4.19, 7.4. */
    @ParameterizedTest
    @EnumSource
    void anErrorThatTheProcessItselfReportsIsNoRefusal(ForkingWatchdog mode) throws Exception {
        String output = "Status: 404\\nContent-Type: text/plain\\n\\nno";
        try (RunningWatchdog watchdog = mode.running("printf \"" + output + "\"", "cgi_response", "true");
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client);
            client.data(stream, "", true);

            assertThat(client.head(stream)).contains(":status: 404", "content-type: text/plain");
            assertThat(client.body(stream)).isEqualTo("no");
            assertCountedAs(watchdog, 404);
        }
    }

    @Test
    void aHandlerThatThrowsIsStatus14() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(exchange -> {
                    throw new IllegalStateException("expected");
                });
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client);
            client.data(stream, "", true);

            assertRefused(client, stream, 14, "500 Internal Server Error");
            assertCountedAs(watchdog, 500);
        }
    }

    @Test
    void aHandlerThatThrowsWithinAResponseIsStatus13InItsTrailers() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (RunningWatchdog watchdog = ScriptedHandler.servlet((request, response) -> {
                    response.setContentType("application/grpc");
                    response.getOutputStream().print("message");
                    response.flushBuffer();
                    read.await();
                    throw new IllegalStateException("expected");
                });
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = call(client);
            client.data(stream, "", true);
            assertThat(client.head(stream)).contains(":status: 200");
            assertThat(client.next(stream).payload()).isEqualTo("message");
            read.countDown();

            assertThat(client.trailers(stream)).contains("grpc-status: 13");
        }
    }

    @Test
    void refusalsOfStaticModeHaveAStatusOfGrpcToo(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("a.txt"), "hi");
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int notAllowed = call(client);
            assertRefused(client, notAllowed, 2, "405 Method Not Allowed");
            assertCountedAs(watchdog, 405);

            assertRefused(client, get(client, "/absent"), 12, "404 page not found");
            assertRefused(client, get(client, "/a.txt", "if-match: \"other\""), 2, "412 Precondition Failed");
            assertRefused(client, get(client, "/a.txt", "range: bytes=9-"), 2, "416 Requested range not satisfiable");
        }
    }

    private static int get(Http2Streams client, String path, String... fields) throws IOException {
        String[] all = new String[fields.length + 5];
        all[0] = ":method: GET";
        all[1] = ":scheme: http";
        all[2] = ":authority: h";
        all[3] = ":path: " + path;
        all[4] = GRPC;
        System.arraycopy(fields, 0, all, 5, fields.length);
        return client.request(true, all);
    }

    @Test
    void anHttp1ClientGetsTheSameHeadWithoutABody() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(RawClient::close);
                RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(function.port());
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Type: application/grpc\r\nContent-Length: 0\r\n\r\n");

            assertThat(client.readResponse())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains(
                            "\r\nContent-Type: application/grpc\r\n",
                            "\r\ngrpc-status: 14\r\n",
                            "\r\ngrpc-message: 500 Internal Server Error\r\n",
                            "\r\nContent-Length: 0\r\n")
                    .endsWith("\r\n\r\n");
            assertThat(watchdog.log().awaitLine("POST / ")).contains(" - 500 Internal Server Error");
        }
    }

    @Test
    void aRequestOfGrpcWebAndAProbeKeepTheirHttpStatus() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(RawClient::close);
                RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(function.port());
                Http2Streams client = Http2Streams.of(watchdog)) {
            int web = client.post("/", "content-type: application/grpc-web+proto");
            client.data(web, "", true);
            assertThat(client.head(web)).contains(":status: 500").noneMatch(field -> field.startsWith("grpc-"));
            int probe = client.post("/_/health", GRPC);
            assertThat(client.head(probe)).contains(":status: 405").noneMatch(field -> field.startsWith("grpc-"));
        }
    }
}
