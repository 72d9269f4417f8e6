package dev.fnwatchdog.undertow.internal.inproc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests an Undertow handler as the function. Proves specification 5.1, 5.6, 5.17, 6.4. */
class InprocHandlerTest {
    private static final int MEGABYTE = 1 << 20;

    private static void echoBlocking(HttpServerExchange exchange) throws Exception {
        if (exchange.isInIoThread()) {
            exchange.dispatch(InprocHandlerTest::echoBlocking);
            return;
        }
        exchange.startBlocking();
        try (InputStream in = exchange.getInputStream()) {
            in.transferTo(exchange.getOutputStream());
        }
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    /** Proves specification 5.1, 5.6, 5.17, 6.4. */
    @Test
    void anUndertowHandlerRunsOnTheIoThread() throws Exception {
        AtomicReference<String> thread = new AtomicReference<>();
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(exchange -> {
            thread.set(Thread.currentThread().getName());
            exchange.getResponseHeaders().put(new HttpString("X-Own"), "1");
            exchange.setStatusCode(201).getResponseSender().send("hello " + exchange.getRequestPath());
        })) {
            HttpResponse<String> response = watchdog.get("/a%20b");

            assertThat(response.statusCode()).isEqualTo(201);
            assertThat(response.body()).isEqualTo("hello /a b");
            assertThat(response.headers().firstValue("X-Own")).contains("1");
            assertThat(response.headers().firstValue("Content-Length")).contains("10");
            assertThat(thread.get()).contains("I/O");
            watchdog.log().awaitLine("GET /a%20b - 201 - ContentLength: 10B (");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 1000, 16_364, 100_000, 3 * MEGABYTE})
    void anUndertowHandlerEchoesBinaryBodiesOnABlockingThread(int size) throws Exception {
        byte[] body = random(size);
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(InprocHandlerTest::echoBlocking)) {
            HttpResponse<byte[]> response = watchdog.sendForBytes(watchdog.request("/")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build());

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(body);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 100_000, 3 * MEGABYTE})
    void anUndertowHandlerEchoesBinaryBodiesOnTheIoThread(int size) throws Exception {
        byte[] body = random(size);
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(exchange -> exchange.getRequestReceiver()
                .receiveFullBytes(
                        (received, bytes) -> received.getResponseSender().send(ByteBuffer.wrap(bytes))))) {
            HttpResponse<byte[]> response = watchdog.sendForBytes(watchdog.request("/")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                    .build());

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).isEqualTo(body);
        }
    }

    @Test
    void anUndertowHandlerReadsAChunkedBody() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(InprocHandlerTest::echoBlocking);
                RawClient client = watchdog.connect()) {
            client.send(
                    "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");

            assertThat(client.readResponse()).contains("200 OK").endsWith("\r\n\r\nabcde");
        }
    }

    @Test
    void anUndertowHandlerThatDoesNothingIs200WithoutABody() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(exchange -> {})) {
            HttpResponse<String> response = watchdog.get("/");

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Length")).contains("0");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/a%2Fb?x=1&x=2&y=%20z | /a%2Fb | x=1&x=2&y=%20z | [1, 2] | [ z]",
                "/%C3%BC;p=1/c?x={\"a\"} | /ü/c | x=%7B%22a%22%7D | [{\"a\"}] | ",
                "/a//../b? | /a//../b | | | ",
                "/a?x=100%&y=%zz%20 | /a | x=100%&y=%zz%20 | [100%] | [%zz ]",
                "/a??x=%u00e9 | /a | ?x=%u00e9 | | "
            })
    void anUndertowHandlerSeesTheDecodedTarget(String target, String path, String query, String x, String y)
            throws Exception {
        AtomicReference<String> seen = new AtomicReference<>();
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(exchange -> seen.set("%s|%s|%s|%s"
                        .formatted(
                                exchange.getRelativePath(),
                                exchange.getQueryString(),
                                exchange.getQueryParameters().get("x"),
                                exchange.getQueryParameters().get("y"))));
                RawClient client = watchdog.connect()) {
            client.send("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n").readResponse();

            assertThat(seen.get()).isEqualTo("%s|%s|%s|%s".formatted(path, query == null ? "" : query, x, y));
        }
    }

    @Test
    void eachPieceThatAnUndertowHandlerFlushesIsSentAtOnce() throws Exception {
        Semaphore go = new Semaphore(0);
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(exchange -> exchange.dispatch(() -> {
                    try {
                        exchange.startBlocking();
                        exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, "text/event-stream");
                        exchange.getOutputStream().flush();
                        for (String piece : new String[] {"one", "two"}) {
                            go.acquire();
                            exchange.getOutputStream().write(piece.getBytes(StandardCharsets.UTF_8));
                            exchange.getOutputStream().flush();
                        }
                        exchange.endExchange();
                    } catch (Exception e) {
                        throw new IllegalStateException(e);
                    }
                }));
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readHead()).contains("text/event-stream");
            go.release();
            assertThat(client.readUntil("one\r\n")).contains("3\r\n");
            go.release();
            assertThat(client.readUntil("0\r\n\r\n")).contains("3\r\ntwo");
        }
    }

    @Test
    void anUndertowHandlerServesHttp2() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(InprocHandlerTest::echoBlocking);
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.request(1, 0, "POST", "/");
            client.data(1, Http2Frames.END_STREAM, "hello");

            assertThat(client.response(1)).contains("hello");
        }
    }

    @Test
    void theResponseOfAnUndertowHandlerToHeadHasNoBody() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(
                        exchange -> exchange.getResponseSender().send("hello"));
                RawClient client = watchdog.connect()) {
            client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readHead()).contains("Content-Length: 5");
            assertThat(client.readResponse()).endsWith("\r\n\r\nhello");
        }
    }

    @Test
    void aClientThatExpects100ContinueGetsItWhenTheHandlerReads() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(InprocHandlerTest::echoBlocking);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 100");
            client.send("ab");

            assertThat(client.readResponse()).endsWith("\r\n\r\nab");
        }
    }

    @Test
    void theConnectionStaysUsableWhenTheHandlerDoesNotReadTheBody() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(
                        exchange -> exchange.getResponseSender().send("no"));
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n");
                String response = client.readResponse();
                client.send("abc");
                assertThat(response).endsWith("\r\n\r\nno");
            }
        }
    }

    /** Proves specification 5.17. */
    @Test
    void connectToAHandlerIs405() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(exchange -> {});
                RawClient client = watchdog.connect()) {
            client.send("CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n");

            assertThat(client.readHead()).startsWith("HTTP/1.1 405");
        }
    }

    @Test
    void nothingIsLeftAfterAThousandRequestsToAnUndertowHandler() throws Exception {
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(InprocHandlerTest::echoBlocking);
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 1000; i++) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab");
                assertThat(client.readResponse()).endsWith("\r\n\r\nab");
            }
            watchdog.awaitIdle();
        }
    }
}
