package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Chunks;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A response is forwarded as the function sent it, without hop-by-hop fields and with its duration. Proves
 * specification 3.14, 3.23, 3.25, 3.26, 3.28, 3.29, 3.33, 9.6, 9.7.
 */
class ResponseForwardingTest {
    private static final String CLOSE = "<close>";

    private static ScriptedFunction function;
    private static RunningWatchdog watchdog;
    private static volatile String response = "";

    @BeforeAll
    static void start() throws Exception {
        function = ScriptedFunction.serving(connection -> {
            while (true) {
                connection.read(RawClient.contentLength(connection.readHead()));
                connection.send(response.replace(CLOSE, ""));
                if (response.endsWith(CLOSE)) {
                    return;
                }
            }
        });
        watchdog = RunningWatchdog.inFrontOf(function);
    }

    @AfterAll
    static void stop() throws Exception {
        watchdog.close();
        function.close();
    }

    /** Returns everything that a client receives for one request with {@code Connection: close}. */
    private static String received(String fromFunction) throws IOException {
        return received("GET / HTTP/1.1", fromFunction);
    }

    private static String received(String requestLine, String fromFunction) throws IOException {
        response = fromFunction;
        try (RawClient client = watchdog.connect()) {
            client.send(requestLine + "\r\nHost: h\r\nConnection: close\r\n\r\n");
            return client.readToEnd();
        }
    }

    /** Returns the header lines of a response without those that the watchdog may add. */
    private static List<String> headers(String message) {
        return message.substring(0, message.indexOf("\r\n\r\n"))
                .lines()
                .skip(1)
                .filter(line -> !line.startsWith("X-Duration-Seconds: ") && !line.equals("Connection: close"))
                .toList();
    }

    /** Proves specification 3.23. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "200 OK",
                "200 Fine by me",
                "201 Created",
                "299 x",
                "404 Not here, \u00e9",
                "418 I'm a teapot",
                "429 Too Many Requests",
                "500 Oh",
                "503 ",
                "599 Far",
                "600 Farther",
                "999 Farthest"
            })
    void statusAndReasonPhraseOfAResponseAreForwarded(String status) throws Exception {
        assertThat(received("HTTP/1.1 " + status + "\r\nContent-Length: 1\r\n\r\nx"))
                .startsWith("HTTP/1.1 " + status + "\r\n")
                .endsWith("\r\n\r\nx");
    }

    @Test
    void absentReasonPhraseIsForwardedAsAnEmptyOne() throws Exception {
        assertThat(received("HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx")).startsWith("HTTP/1.1 200 \r\n");
    }

    /** Proves specification 3.23. */
    @ParameterizedTest
    @ValueSource(strings = {"301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent Redirect"})
    void redirectOfTheFunctionIsForwardedAndNotFollowed(String status) throws Exception {
        assertThat(received("HTTP/1.1 %s\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n".formatted(status)))
                .startsWith("HTTP/1.1 " + status + "\r\n")
                .contains("\r\nLocation: /elsewhere\r\n");
    }

    /** Proves specification 3.23, 9.7. */
    @Test
    void responseHeaderFieldsAreForwardedWithDuplicatesInOrder() throws Exception {
        String[] sent = {
            "Date: Mon, 01 Jan 2024 00:00:00 GMT",
            "Server: mine",
            "Set-Cookie: a=1; Path=/",
            "Set-Cookie: b=2",
            "Set-Cookie: a=1; Path=/",
            "x-lower: \u00e9 a  b",
            "X-Empty: ",
            "Trailer: X-T",
            "Content-Type: text/plain",
            "Content-Length: 0"
        };

        List<String> got = headers(received("HTTP/1.1 200 OK\r\n" + String.join("\r\n", sent) + "\r\n\r\n"));

        assertThat(got).containsExactlyInAnyOrder(sent);
        assertThat(got.stream().filter(line -> line.startsWith("Set-Cookie")))
                .containsExactly("Set-Cookie: a=1; Path=/", "Set-Cookie: b=2", "Set-Cookie: a=1; Path=/");
    }

    /** Proves specification 3.23, 9.7. */
    @Test
    void onlyAMissingDateIsAddedToAResponse() throws Exception {
        List<String> got = headers(received("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));

        assertThat(got).hasSize(2).contains("Content-Length: 0").anyMatch(line -> line.startsWith("Date: "));
    }

    /** Proves specification 3.14. */
    @Test
    void hopByHopHeaderFieldsOfAResponseAreNotForwarded() throws Exception {
        String got = received("HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nConnection: X-other\r\nX-Hop: 1\r\n"
                + "X-Other: 2\r\nKeep-Alive: timeout=5\r\nProxy-Connection: a\r\nProxy-Authenticate: Basic\r\n"
                + "Upgrade: h2c\r\nTE: x\r\nDate: d\r\nX-End: 3\r\nContent-Length: 0\r\n\r\n");

        assertThat(headers(got)).containsExactlyInAnyOrder("Date: d", "X-End: 3", "Content-Length: 0");
    }

    /** Proves specification 3.14: {@code Connection} is not forwarded. */
    @Test
    void clientConnectionIsKeptWhenTheFunctionClosesItsOwn() throws Exception {
        response = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi" + CLOSE;
        try (RawClient client = watchdog.connect()) {
            for (int i = 0; i < 5; i++) {
                assertThat(client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").readResponse())
                        .doesNotContainIgnoringCase("connection:")
                        .endsWith("hi");
            }
        }
    }

    /** Proves specification 3.25. */
    @Test
    void xDurationSecondsReplacesTheFunctionsOwnField() throws Exception {
        String got = received(
                "HTTP/1.1 200 OK\r\nX-Duration-Seconds: 7\r\nx-duration-seconds: 8\r\nContent-Length: 0\r\n\r\n");

        assertThat(got).containsOnlyOnce("X-Duration-Seconds").doesNotContain("x-duration-seconds");
        assertThat(got).containsPattern("\r\nX-Duration-Seconds: 0\\.\\d{6}\r\n");
    }

    /** Proves specification 3.26. */
    @Test
    void chunkedResponseIsForwardedChunkedWithItsTrailers() throws Exception {
        String got = received("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                + "3;ext=1\r\nabc\r\n1\r\nd\r\n0\r\nX-Sum: 1\r\nX-Sum: 2\r\nX-B: z\r\n\r\n");

        assertThat(got).contains("\r\nTransfer-Encoding: chunked\r\n").doesNotContain("Content-Length");
        assertThat(Chunks.data(body(got))).isEqualTo("abcd");
        assertThat(Chunks.trailers(body(got))).containsExactlyInAnyOrder("X-Sum: 1", "X-Sum: 2", "X-B: z");
    }

    /** Proves specification 3.26. */
    @Test
    void emptyChunkedResponseIsForwardedChunkedWithItsTrailers() throws Exception {
        String got = received("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n");

        assertThat(got).contains("\r\nTransfer-Encoding: chunked\r\n").doesNotContain("Content-Length");
        assertThat(Chunks.data(body(got))).isEmpty();
        assertThat(Chunks.trailers(body(got))).containsExactly("X-Sum: 1");
    }

    private static String body(String message) {
        return message.substring(message.indexOf("\r\n\r\n") + 4);
    }

    @Test
    void responseBodyThatEndsWithTheConnectionIsForwardedChunked() throws Exception {
        String got = received("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it" + CLOSE);

        assertThat(got).contains("\r\nTransfer-Encoding: chunked\r\n");
        assertThat(Chunks.data(body(got))).isEqualTo("all of it");

        String old = received("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nall of it" + CLOSE);
        assertThat(old).startsWith("HTTP/1.1 200 OK\r\n");
        assertThat(Chunks.data(body(old))).isEqualTo("all of it");
    }

    /** Proves specification 9.6. */
    @Test
    void http10ClientGetsAChunkedResponseWithoutItsFraming() throws Exception {
        String got = received(
                "GET / HTTP/1.0", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");

        assertThat(got).startsWith("HTTP/1.0 200 OK\r\n").endsWith("\r\n\r\nabc");
        assertThat(got).doesNotContainIgnoringCase("transfer-encoding").contains("\r\nConnection: close\r\n");
    }

    /** Proves specification 9.6. */
    @Test
    void http10ClientWithKeepAliveGetsAChunkedResponseEndedByTheClose() throws Exception {
        response = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
        try (RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

            assertThat(client.readToEnd()).contains("\r\nConnection: close\r\n").endsWith("\r\n\r\nabc");
        }
    }

    /** Proves specification 3.28. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\r\n\r\n",
                "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
                "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nContent-Length: x\r\n\r\n"
            })
    void responseOf204Or304EndsAtItsHeadWhateverItsFramingFields(String fromFunction) throws Exception {
        response = fromFunction;
        try (RawClient client = watchdog.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.readHead())
                        .startsWith(fromFunction.substring(0, 17))
                        .doesNotContain("Transfer-Encoding");
            }
        }
        assertThat(body(received(fromFunction))).isEmpty();
    }

    /** Proves specification 3.28. */
    @Test
    void contentLengthOfA304IsForwarded() throws Exception {
        assertThat(received("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"))
                .contains("\r\nContent-Length: 5\r\n");
    }

    /** Proves specification 3.28. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\nX-A: b\r\n\r\n"
            })
    void responseToHeadHasNoBodyAndKeepsItsContentLength(String fromFunction) throws Exception {
        response = fromFunction;
        try (RawClient client = watchdog.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
                String head = client.readHead();
                assertThat(head).startsWith("HTTP/1.1 200 OK\r\n").doesNotContain("Transfer-Encoding");
                assertThat(head.contains("Content-Length: 5")).isEqualTo(fromFunction.contains("Content-Length: 5"));
            }
        }
        assertThat(body(received("HEAD / HTTP/1.1", fromFunction))).isEmpty();
    }

    /** Proves specification 3.29. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nstray",
                "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\nstray",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nstray",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhistray",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n"
            })
    void bytesAfterAResponseNeverBecomeTheResponseToAnotherRequest(String fromFunction) throws Exception {
        try (RawClient client = watchdog.connect()) {
            for (int i = 0; i < 5; i++) {
                response = fromFunction;
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                String head = client.readHead();
                assertThat(head).startsWith(fromFunction.substring(0, 12));
                client.read(
                        fromFunction.contains("chunked")
                                ? 5
                                : head.contains(" 304 ") ? 0 : RawClient.contentLength(head));

                response = "HTTP/1.1 201 Clean\r\nContent-Length: 0\r\n\r\n";
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.readHead()).startsWith("HTTP/1.1 201 Clean\r\n");
            }
        }
    }

    /** Proves specification 3.29. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
                "HTTP/1.1 100 Continue\r\n\r\n",
                "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 103 E\r\n\r\n"
            })
    void interimResponseIsNeverTakenForTheFinalOne(String interim) throws Exception {
        String got = received(interim + "HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 2\r\n\r\nhi");

        // Each is forwarded as it came, but for a 100 that the client has not asked for.
        String forwarded = interim.replace("HTTP/1.1 100 Continue\r\n\r\n", "");
        assertThat(got).startsWith(forwarded + "HTTP/1.1 200 OK\r\n");
        String response = got.substring(forwarded.length());
        assertThat(response).contains("\r\nX-A: 1\r\n").endsWith("\r\n\r\nhi").doesNotContain("Link");
    }

    /** Proves specification 3.23. */
    @Test
    void gzipEncodedBodyIsForwardedUnchanged() throws Exception {
        String gzip = "\u001f\u008b\b\0\0\0\0\0\0\u0003\u00cb\u00c8\4\0\u00ac*\u0093\u00d8\2\0\0\0";
        String got = received(
                "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nVary: Accept-Encoding\r\nContent-Length: %d\r\n\r\n%s"
                        .formatted(gzip.length(), gzip));

        assertThat(headers(got)).contains("Content-Encoding: gzip", "Vary: Accept-Encoding");
        assertThat(body(got)).isEqualTo(gzip);
    }

    /** Proves specification 3.33. */
    @Test
    void severalEqualContentLengthsOfAResponseBecomeOne() throws Exception {
        String got = received("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi");

        assertThat(got).containsOnlyOnce("Content-Length: 2").endsWith("\r\n\r\nhi");
    }

    /** Proves specification 3.33. */
    @Test
    void contentLengthOfAChunkedResponseIsIgnored() throws Exception {
        String got = received(
                "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");

        assertThat(got).doesNotContain("Content-Length");
        assertThat(Chunks.data(body(got))).isEqualTo("hi");
    }

    /** Proves specification 3.33. */
    @ParameterizedTest
    @CsvSource({"'', 1", "'Content-Length: 2|', 3"})
    void upstreamConnectionIsUsedAgainUnlessItsChunkedResponseHadAContentLength(String length, int connections)
            throws Exception {
        String chunked = "HTTP/1.1 200 OK\r\n%sTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"
                .formatted(length.replace("|", "\r\n"));
        try (ScriptedFunction chunking = ScriptedFunction.respondingWith(chunked);
                RunningWatchdog alone = RunningWatchdog.inFrontOf(chunking);
                RawClient client = alone.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(client.readWhole()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("hi");
            }

            assertThat(chunking.connections()).isEqualTo(connections);
        }
    }

    /** Proves specification 3.23. */
    @Test
    void responseHeadOfHundredsOfKilobytesIsForwarded() throws Exception {
        StringBuilder many = new StringBuilder("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n");
        for (int i = 0; i < 4000; i++) {
            many.append("X-H%d: %s\r\n".formatted(i, "v".repeat(50)));
        }

        String got = received(many + "\r\nhi");

        assertThat(headers(got)).hasSize(4003);
        assertThat(got).endsWith("\r\n\r\nhi");
    }

    @Test
    void watchdogServesAndBecomesIdleAfterEveryKindOfResponse() throws Exception {
        assertThat(received("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")).endsWith("hi");
        watchdog.awaitIdle();
    }
}
