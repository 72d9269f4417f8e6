package dev.fnwatchdog.undertow.internal.http2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import dev.fnwatchdog.undertow.fixture.TokenIssuer;
import io.undertow.io.Receiver;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Trailers of HTTP/2 requests stay apart from the head that was checked (RFC 9110 6.5.1; RFC 9113 8.1, 8.2.1). Proves
 * specification 3.18, 3.27, 9.9, 9.11.
 */
class Http2TrailersTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final int PROTOCOL_ERROR = 1;

    private final Queue<String> received = new ConcurrentLinkedQueue<>();

    /** A function that records all that it receives and responds to each head. */
    private ScriptedFunction recording() throws IOException {
        return ScriptedFunction.serving(connection -> {
            while (true) {
                String head = connection.readHead();
                received.add(head);
                connection.send(OK);
                if (head.toLowerCase(Locale.ROOT).contains("transfer-encoding: chunked")) {
                    received.add(connection.readUntil("0\r\n"));
                    received.add(connection.readUntil("\r\n"));
                } else {
                    received.add(connection.read(RawClient.contentLength(head)));
                }
            }
        });
    }

    /** Proves specification 3.18, 9.9. */
    @ParameterizedTest(name = "http_buffer_req_body={0}")
    @ValueSource(strings = {"false", "true"})
    void http2TrailersNeverReachTheHeadThatTheFunctionSees(String buffered) throws Exception {
        try (ScriptedFunction function = recording();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "http_buffer_req_body", buffered);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/x");
            client.data(stream, "hello", false);
            client.trailers(stream, "x-a: late");

            assertThat(client.head(stream)).contains(":status: 200");
            assertThat(received.peek()).startsWith("POST /x HTTP/1.1\r\n").doesNotContain("x-a");
        }
    }

    /** Proves specification 9.11. */
    @ParameterizedTest(name = "http_buffer_req_body={0}")
    @ValueSource(strings = {"false", "true"})
    void http2TrailerWithALineBreakNeverBecomesASecondRequest(String buffered) throws Exception {
        try (ScriptedFunction function = recording();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "http_buffer_req_body", buffered);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/x");
            client.data(stream, "hello", false);
            client.trailers(stream, "x-a: b\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.awaitReset(stream)).isEqualTo(PROTOCOL_ERROR);

            assertThat(client.head(client.get("/next"))).contains(":status: 200");
            assertThat(String.join("", received)).doesNotContain("smuggled").contains("GET /next ");
        }
    }

    /** Proves specification 3.27, 9.11. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "x-a: b\rc",
                "x-a: b\nc",
                "x-a: b\0c",
                "X-A: b",
                ":path: /other",
                ":status: 200",
                "content-length: 5",
                "host: other",
                "authorization: Bearer x",
                "x-auth-seconds: 1",
                "transfer-encoding: chunked",
                "connection: close",
                "x a: b"
            })
    void http2RequestWithAMalformedOrForbiddenTrailerIsNeverForwardedAsWhole(String trailer) throws Exception {
        CompletableFuture<String> body = new CompletableFuture<>();
        CountDownLatch reached = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    String head = connection.readHead();
                    if (head.startsWith("POST")) {
                        reached.countDown();
                        body.complete(connection.readUntilClosedOrReset());
                    } else {
                        connection.send(OK);
                        connection.closedByPeer();
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/x");
            client.data(stream, "hello", false);
            assertThat(reached.await(15, TimeUnit.SECONDS)).isTrue();
            client.trailers(stream, trailer);

            assertThat(client.awaitReset(stream)).isEqualTo(PROTOCOL_ERROR);
            assertThat(body.get(15, TimeUnit.SECONDS)).doesNotContain("0\r\n\r\n", "x-a", "other");
            assertThat(client.head(client.get("/next"))).contains(":status: 200");
        }
    }

    /** Proves specification 9.17. */
    @Test
    void http2HeadersWithoutEndStreamInTheMiddleOfABodyResetTheStream() throws Exception {
        try (ScriptedFunction function = recording();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/x", "content-length: 10");
            client.data(stream, "hello", false);
            client.headers(stream, false, "x-a: b");

            assertThat(client.awaitReset(stream)).isEqualTo(PROTOCOL_ERROR);
        }
    }

    /** Proves specification 5.8. */
    @Test
    void inprocHandlerFindsHttp2TrailersApartFromItsHeaders() throws Exception {
        CompletableFuture<List<Object>> seen = new CompletableFuture<>();
        Receiver.FullStringCallback read = (exchange, body) -> {
            HeaderMap trailers = exchange.getAttachment(HttpAttachments.REQUEST_TRAILERS);
            seen.complete(List.of(
                    body,
                    exchange.getRequestHeaders().contains("x-a"),
                    trailers == null ? "none" : trailers.getFirst("x-a")));
            exchange.getResponseSender().send("hi");
        };
        try (RunningWatchdog watchdog = ScriptedHandler.undertow(
                        exchange -> exchange.getRequestReceiver().receiveFullString(read));
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/x");
            client.data(stream, "hello", false);
            client.trailers(stream, "x-a: late");

            assertThat(client.head(stream)).contains(":status: 200");
            assertThat(seen.get(15, TimeUnit.SECONDS)).containsExactly("hello", false, "late");
        }
    }

    /** Proves specification 3.27, and 8.11 for trailers. */
    @ParameterizedTest(name = "http_buffer_req_body={0}")
    @ValueSource(strings = {"false", "true"})
    void http2TrailersNeverReplaceTheFieldsThatAuthenticationHasChecked(String buffered) throws Exception {
        try (TokenIssuer issuer = TokenIssuer.start();
                ScriptedFunction function = recording();
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, issuer.settings("http_buffer_req_body", buffered));
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.post("/x", "authorization: Bearer " + issuer.token());
            client.data(stream, "hello", false);
            client.trailers(stream, "authorization: other", "x-auth-seconds: forged", "host: forged");

            assertThat(client.awaitReset(stream)).isEqualTo(PROTOCOL_ERROR);
            watchdog.awaitIdle();
            assertThat(String.join("", received)).doesNotContain("forged", "other");
        }
    }
}
