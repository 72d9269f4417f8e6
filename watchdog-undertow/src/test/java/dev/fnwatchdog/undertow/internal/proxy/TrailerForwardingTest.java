package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Chunks;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.fixture.TokenIssuer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Trailers in http mode stay apart from the head and lose the fields that belong there (RFC 9110 6.5.1). Proves
 * specification 3.18, 3.26, 3.27.
 */
class TrailerForwardingTest {
    private static final String CHUNKED_POST = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n";

    private static final String FORBIDDEN = "Connection: close\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n"
            + "Host: evil\r\nAuthorization: Bearer evil\r\nCookie: evil=1\r\nSet-Cookie: evil=1\r\nX-Auth-Seconds: 9\r\n"
            + "If-Match: evil\r\nExpect: 100-continue\r\nKeep-Alive: timeout=1\r\nContent-Type: text/evil\r\n"
            + "X-Forwarded-For: evil\r\nTrailer: evil\r\nTE: evil\r\nUpgrade: evil\r\nDate: evil\r\n";

    private static String body(String message) {
        return message.substring(message.indexOf("\r\n\r\n") + 4);
    }

    private static List<String> head(String message) {
        return message.substring(0, message.indexOf("\r\n\r\n")).lines().toList();
    }

    private static String responseOf(String response) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(response);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            String got = client.readHead() + client.readUntil("0\r\n") + client.readUntil("\r\n\r\n");

            client.send("GET /_/health HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200").endsWith("OK");
            return got;
        }
    }

    /** Proves specification 3.26, 3.27. */
    @Test
    void responseTrailersReachTheClientWithoutForbiddenFields() throws Exception {
        String got = responseOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-A: 1\r\n"
                + FORBIDDEN + "X-B: 2\r\n\r\n");

        assertThat(Chunks.trailers(body(got))).containsExactlyInAnyOrder("X-A: 1", "X-B: 2");
    }

    /** Proves specification 3.27. */
    @Test
    void responseTrailersThatConnectionNamesAreDropped() throws Exception {
        String got = responseOf("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: x-hop\r\n\r\n"
                + "2\r\nhi\r\n0\r\nX-A: 1\r\nX-Hop: 2\r\n\r\n");

        assertThat(Chunks.trailers(body(got))).containsExactly("X-A: 1");
    }

    /** Proves specification 3.26, 3.27, 9.9. */
    @Test
    void responseTrailersReachAnHttp2ClientWithoutForbiddenFields() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(
                        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-A: 1\r\n" + FORBIDDEN
                                + "\r\n");
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                Http2Streams client = Http2Streams.of(watchdog)) {
            int stream = client.get("/");

            assertThat(client.head(stream)).contains(":status: 200");
            assertThat(client.next(stream).payload()).isEqualTo("hi");
            assertThat(client.trailers(stream)).containsExactly("x-a: 1");
        }
    }

    /** Returns what the function receives of a request with these trailers. */
    private static String requestWith(String moreHead, String trailers) throws Exception {
        CompletableFuture<String> got = new CompletableFuture<>();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    got.complete(
                            connection.readHead() + connection.readUntil("0\r\n") + connection.readUntil("\r\n\r\n"));
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(CHUNKED_POST + moreHead + "\r\n2\r\nhi\r\n0\r\n" + trailers + "\r\n");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200").endsWith("ok");
            return got.get(15, TimeUnit.SECONDS);
        }
    }

    /** Proves specification 3.18, 3.27. */
    @Test
    void requestTrailersReachTheFunctionBehindTheBodyWithoutForbiddenFields() throws Exception {
        String got = requestWith("", "X-A: 1\r\n" + FORBIDDEN);

        assertThat(head(got)).containsExactlyInAnyOrder("POST / HTTP/1.1", "Host: h", "Transfer-Encoding: chunked");
        assertThat(Chunks.trailers(body(got))).containsExactly("X-A: 1");
    }

    /** Proves specification 3.19. */
    @Test
    void requestTrailersOfABufferedBodyAreDropped() throws Exception {
        CompletableFuture<String> got = new CompletableFuture<>();
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    got.complete(connection.readHead() + connection.read(2));
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    assertThat(connection.closedByPeer()).isTrue();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "http_buffer_req_body", "true");
                RawClient client = watchdog.connect()) {
            client.send(CHUNKED_POST + "\r\n2\r\nhi\r\n0\r\nX-A: 1\r\n" + FORBIDDEN + "\r\n");

            assertThat(client.readResponse()).endsWith("ok");
            assertThat(head(got.get(15, TimeUnit.SECONDS)))
                    .containsExactlyInAnyOrder("POST / HTTP/1.1", "Host: h", "Content-Length: 2");
        }
    }

    /** Proves specification 3.27. */
    @Test
    void requestTrailersThatConnectionNamesAreDropped() throws Exception {
        String got = requestWith("Connection: x-hop\r\n", "X-A: 1\r\nX-Hop: 2\r\n");

        assertThat(Chunks.trailers(body(got))).containsExactly("X-A: 1");
    }

    /** Proves specification 3.18: trailers never become part of the head. */
    @ParameterizedTest
    @ValueSource(strings = {"false", "true"})
    void tokenInRequestTrailersIsNotAcceptedAndTheResponseIs401(String buffered) throws Exception {
        try (TokenIssuer issuer = TokenIssuer.start();
                ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, issuer.settings("http_buffer_req_body", buffered));
                RawClient client = watchdog.connect()) {
            client.send(CHUNKED_POST + "\r\n2\r\nhi\r\n0\r\n" + TokenIssuer.bearer(issuer.token()) + "\r\n\r\n");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 401 ");
            assertThat(function.connections()).isZero();
        }
    }
}
