package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Header fields of a request are forwarded with their duplicates, except for hop-by-hop fields, and none is added.
 * Proves specification 3.11, 3.13, 3.14, 3.15, 9.2, 9.6.
 */
class RequestHeaderForwardingTest {
    private static ScriptedFunction function;
    private static RunningWatchdog watchdog;

    @BeforeAll
    static void start() throws Exception {
        function = ScriptedFunction.echoingHeads();
        watchdog = RunningWatchdog.inFrontOf(function);
    }

    @AfterAll
    static void stop() throws Exception {
        watchdog.close();
        function.close();
    }

    /** Sends a request with these header fields and returns the header lines that the function received, in order. */
    private static List<String> forwarded(String... headers) throws IOException {
        return forwardedBy("GET / HTTP/1.1", headers);
    }

    private static List<String> forwardedBy(String requestLine, String... headers) throws IOException {
        try (RawClient client = watchdog.connect()) {
            String response = client.send(requestLine + "\r\nHost: h\r\n" + lines(headers) + "\r\n")
                    .readResponse();
            assertThat(response).startsWith("HTTP/1.1 200 ");
            return response.substring(response.indexOf("\r\n\r\n") + 4)
                    .lines()
                    .skip(1)
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }

    private static String lines(String... headers) {
        return headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
    }

    /** Proves specification 3.15. */
    @Test
    void noHeaderFieldIsAddedToARequest() throws Exception {
        assertThat(forwarded()).containsExactly("Host: h");
    }

    /** Proves specification 3.13, 3.15. */
    @Test
    void headerFieldsThatAGatewaySetsAreForwardedUnchanged() throws Exception {
        String[] headers = {
            "X-Forwarded-For: 10.0.0.1, 10.0.0.2",
            "X-Forwarded-For: 10.0.0.3",
            "X-Forwarded-Proto: https",
            "X-Forwarded-Host: outside",
            "X-Forwarded-Server: s",
            "X-Forwarded-Port: 1",
            "Forwarded: for=1.2.3.4",
            "Via: 1.1 gateway",
            "X-Call-Id: abc",
            "X-Start-Time: 12345",
            "X-Timeout: 20s",
            "X-Disable-Push: no",
            "User-Agent: test/1",
            "Accept-Encoding: br, gzip",
            "Authorization: Bearer t",
            "Range: bytes=0-1",
            "If-None-Match: \"x\""
        };

        assertThat(forwarded(headers)).contains(headers).hasSize(headers.length + 1);
    }

    /** Proves specification 3.13. */
    @Test
    void duplicateHeaderFieldsAreForwardedInOrderWithTheirSpelling() throws Exception {
        List<String> head = forwarded("x-A: 3", "X-b: 9", "x-A: 1", "x-A: 2", "x-A: 1", "ACCEPT: a;q=0.1", "ACCEPT: b");

        assertThat(head.stream().filter(line -> line.startsWith("x-A")))
                .containsExactly("x-A: 3", "x-A: 1", "x-A: 2", "x-A: 1");
        assertThat(head).contains("X-b: 9", "ACCEPT: a;q=0.1", "ACCEPT: b");
    }

    /** Proves specification 3.13. */
    @Test
    void headerFieldValuesAreForwardedUnchanged() throws Exception {
        assertThat(forwarded(
                        "X-Empty:",
                        "X-Latin: \u00e9\u00ff",
                        "X-Tab: a\tb",
                        "X-Inner: a  b , \t c   d",
                        "X-Quote: \"a\\\"b\""))
                .contains(
                        "X-Empty: ",
                        "X-Latin: \u00e9\u00ff",
                        "X-Tab: a\tb",
                        "X-Inner: a  b , \t c   d",
                        "X-Quote: \"a\\\"b\"");
    }

    /** Proves specification 3.13. */
    @Test
    void repeatedBlanksOfAValueThatArrivesInPiecesAreForwarded() throws Exception {
        String request = "POST / HTTP/1.1\r\nHost: h\r\nX-A:  a  b\t\tc\r\nX-B: a  b\r\nContent-Length: 4\r\n\r\n";
        for (int cut = 1; cut < request.length(); cut++) {
            try (RawClient client = watchdog.connect()) {
                client.send(request.substring(0, cut));
                client.send(request.substring(cut) + "a  b");

                assertThat(client.readResponse()).contains("\r\nX-A: a  b\t\tc\r\n", "\r\nX-B: a  b\r\n");
            }
        }
        String value = "x  ".repeat(5_000) + "x";
        try (RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nX-A: " + value + "\r\n\r\n");

            assertThat(client.readResponse()).contains("\r\nX-A: " + value + "\r\n");
        }
    }

    /** Proves specification 3.13. */
    @Test
    void headerFieldOfHundredsOfKilobytesIsForwarded() throws Exception {
        String value = "v".repeat(300_000);

        assertThat(forwarded("X-Long: " + value)).contains("X-Long: " + value);
    }

    /** Proves specification 3.11. */
    @Test
    void fiveThousandHeaderFieldsAreForwarded() throws Exception {
        String[] headers = new String[5000];
        for (int i = 0; i < headers.length; i++) {
            headers[i] = "X-H%d: %d".formatted(i, i);
        }

        assertThat(forwarded(headers)).contains(headers).hasSize(headers.length + 1);
    }

    /** Proves specification 3.13. */
    @Test
    void severalCookieFieldsAreAllForwardedJoinedOrApart() throws Exception {
        List<String> head = forwarded("Cookie: a=1; b=2", "Cookie: c=3");

        assertThat(String.join("; ", head)).containsPattern("Cookie: a=1; b=2(; c=3|.*Cookie: c=3)");
    }

    /** Proves specification 3.14. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: keep-alive",
                "Keep-Alive: timeout=5",
                "Proxy-Connection: keep-alive",
                "Proxy-Authorization: Basic eA==",
                "Proxy-Authenticate: Basic",
                "TE: deflate",
                "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA",
                "Upgrade: websocket",
                "Expect: 100-continue"
            })
    void hopByHopHeaderFieldsOfARequestAreNotForwarded(String header) throws Exception {
        assertThat(forwarded(header)).containsExactly("Host: h");
    }

    /** Proves specification 3.14. */
    @Test
    void headerFieldsThatConnectionNamesAreNotForwarded() throws Exception {
        assertThat(forwarded("Connection: X-Hop , close,x-OTHER", "X-Hop: 1", "X-Other: 2", "X-End: 3"))
                .containsExactlyInAnyOrder("Host: h", "X-End: 3");
        assertThat(forwarded("Connection: x-one", "Connection: x-two", "X-One: 1", "X-Two: 2"))
                .containsExactly("Host: h");
    }

    /** Proves specification 3.14. */
    @Test
    void connectionCannotRemoveHostOrContentLength() throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send(
                    "POST / HTTP/1.1\r\nHost: h\r\nConnection: Host, Content-Length\r\nContent-Length: 2\r\n\r\nhi");

            assertThat(client.readResponse()).contains("\r\nHost: h\r\n").contains("\r\nContent-Length: 2\r\n");
        }
    }

    /** Proves specification 3.14. */
    @ParameterizedTest
    @ValueSource(strings = {"trailers", "deflate, trailers"})
    void teTrailersIsForwardedWithoutOtherTransferCodings(String te) throws Exception {
        assertThat(forwarded("Connection: TE", "TE: " + te)).containsExactlyInAnyOrder("Host: h", "TE: trailers");
    }

    /** Proves specification 9.2. */
    @Test
    void upgradeToH2cIsNotForwarded() throws Exception {
        assertThat(forwarded("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQ"))
                .containsExactly("Host: h");
    }

    /** Proves specification 3.36, 9.2. */
    @Test
    void otherProtocolsOfAnUpgradeAreForwardedWithoutH2c() throws Exception {
        assertThat(forwarded("Connection: upgrade", "Upgrade: h2c, websocket, foo/2"))
                .containsExactlyInAnyOrder("Host: h", "Connection: Upgrade", "Upgrade: websocket, foo/2");
        assertThat(forwarded("Connection: upgrade", "Upgrade: h2c", "Upgrade: websocket"))
                .containsExactlyInAnyOrder("Host: h", "Connection: Upgrade", "Upgrade: websocket");
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "Close", "TE, close", "close, x-a"})
    void connectionOfAClientThatSendsConnectionCloseIsClosed(String option) throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: %s\r\n\r\n".formatted(option));

            assertThat(client.readResponse()).containsIgnoringCase("\r\nConnection: close\r\n");
            assertThat(client.closedByPeer()).isTrue();
        }
    }

    /** Proves specification 9.6. */
    @Test
    void connectionOfAnHttp10ClientThatSendsKeepAliveIsKept() throws Exception {
        try (RawClient client = watchdog.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");

                assertThat(client.readResponse()).containsIgnoringCase("\r\nConnection: keep-alive\r\n");
            }
        }
    }

    /** Proves specification 9.6. */
    @Test
    void connectionOfAnHttp10ClientWithoutKeepAliveIsClosed() throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.0\r\n\r\n").readResponse();

            assertThat(client.closedByPeer()).isTrue();
        }
    }
}
