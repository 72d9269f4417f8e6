package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Method, target and {@code Host} of a request reach the function as the client sent them. Proves specification 3.4,
 * 3.5, 3.6, 3.8, 3.9, 3.10, 3.11, 3.12.
 */
class RequestForwardingTest {
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

    /** Sends a request and returns the head that the function received. */
    private static String forwarded(String request) throws IOException {
        try (RawClient client = watchdog.connect()) {
            String response = client.send(request).readResponse();
            assertThat(response).startsWith("HTTP/1.").contains(" 200 OK\r\n");
            return response.substring(response.indexOf("\r\n\r\n") + 4);
        }
    }

    private static String status(String request) throws IOException {
        try (RawClient client = watchdog.connect()) {
            return client.send(request).readHead().lines().findFirst().orElseThrow();
        }
    }

    /** Proves specification 2.7, 3.5, 3.6, 3.8, 3.9, and 3.7 for {@code %0d%0a}. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/a%2Fb%2fc",
                "/%20%41%7e",
                "/a/./b/../c/..",
                "/../../etc/passwd",
                "//a///b//",
                "/a;b=c/d;e;f=;",
                "/a+b@c:d,e!f$g&h'i(j)k*l=m",
                "/%0d%0aX:%20y",
                "/%00",
                "/{x}|^\"\\`<>",
                "/?q={\"a\":[1]}|^\\`",
                "/a?x=1&x=2&&=&y",
                "/a?b?c/d/../e//f",
                "/a??x",
                "/a???x=1&?x=2",
                "/a?x??",
                "/a?%E2%82%AC",
                "/\u00e9\u00ff?\u00fc",
                "/a#b",
                "/http://other/x",
                "/a?http://other/x",
                "/_/healthy",
                "/_/",
                "/?",
                "/a?",
                "/a/?",
                "/a;b=c?",
                "/a?#",
                "/?q=100%",
                "/?%",
                "/?%2",
                "/?a=%zz&b=%20",
                "/?x=%u00e9",
                "/a??%%"
            })
    void requestTargetIsForwardedByteForByte(String target) throws Exception {
        assertThat(forwarded("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n"))
                .startsWith("GET " + target + " HTTP/1.1\r\n");
    }

    /** Proves specification 3.8, 3.9. */
    @Test
    void queryThatArrivesInPiecesIsForwardedByteForByte() throws Exception {
        for (String target : new String[] {"/a?", "/a?x=%2&%zz&b=%", "/a??%u"}) {
            String request = "POST " + target + " HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n";
            for (int cut = 1; cut < request.length(); cut++) {
                try (RawClient client = watchdog.connect()) {
                    client.send(request.substring(0, cut));
                    client.send(request.substring(cut) + "?%2");

                    assertThat(client.readResponse()).contains("\r\n\r\nPOST " + target + " HTTP/1.1\r\nHost: h\r\n");
                }
            }
        }
    }

    /** Proves specification 3.8, 3.9. */
    @Test
    void queriesOfPipelinedRequestsAreForwardedEachWithItsOwnRequest() throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("GET /1?% HTTP/1.1\r\nHost: h\r\n\r\n"
                    + "POST /2? HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\n/x?%zz"
                    + "GET /3 HTTP/1.1\r\nHost: h\r\n\r\n"
                    + "GET /4??%z HTTP/1.1\r\nHost: h\r\n\r\n");

            for (String line : new String[] {"GET /1?%", "POST /2?", "GET /3", "GET /4??%z"}) {
                assertThat(client.readResponse()).contains("\r\n\r\n" + line + " HTTP/1.1\r\n");
            }
        }
    }

    /** Proves specification 3.8, 3.9. */
    @Test
    void queryOfATargetThatWasReadIsInTheAccessLog() throws Exception {
        forwarded("GET /logged? HTTP/1.1\r\nHost: h\r\n\r\n");
        forwarded("GET /logged?100% HTTP/1.1\r\nHost: h\r\n\r\n");

        watchdog.log().awaitLine("GET /logged? - 200");
        watchdog.log().awaitLine("GET /logged?100% - 200");
    }

    /** Proves specification 3.11. */
    @Test
    void longTargetWithTwentyThousandParametersIsForwarded() throws Exception {
        String target = "/" + "d/".repeat(2000) + "?" + "p=v&".repeat(20_000);

        assertThat(forwarded("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n"))
                .startsWith("GET " + target + " HTTP/1.1\r\n");
    }

    /** Proves specification 3.4. */
    @ParameterizedTest
    @ValueSource(
            strings = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PURGE", "M-SEARCH", "x!#$"
            })
    void anyMethodIsForwardedUnchanged(String method) throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send(method + " /m HTTP/1.1\r\nHost: h\r\nX-Head: yes\r\n\r\n");

            assertThat(client.readHead()).startsWith("HTTP/1.1 200 ");
            assertThat(function.lastHead()).startsWith(method + " /m HTTP/1.1\r\n");
        }
    }

    /** Proves specification 3.10. */
    @Test
    void optionsAsteriskIsForwarded() throws Exception {
        assertThat(forwarded("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n")).startsWith("OPTIONS * HTTP/1.1\r\n");
    }

    /** Proves specification 3.12. */
    @Test
    void http10RequestWithoutHostGetsTheAuthorityOfTheUpstream() throws Exception {
        assertThat(forwarded("GET /a HTTP/1.0\r\n\r\n"))
                .startsWith("GET /a HTTP/1.1\r\n")
                .contains("\r\nHost: 127.0.0.1:" + function.port() + "\r\n");
    }

    /** Proves specification 3.12. */
    @Test
    void hostOfAnHttp10RequestIsForwarded() throws Exception {
        assertThat(forwarded("GET /a HTTP/1.0\r\nHost: mine\r\n\r\n")).contains("\r\nHost: mine\r\n");
    }

    /** Proves specification 3.4. */
    @ParameterizedTest
    @ValueSource(strings = {"example.com:443", "h:80"})
    void connectIs405AndIsNotForwarded(String target) throws Exception {
        assertThat(status("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n"))
                .startsWith("HTTP/1.1 405 ");
        assertThat(function.lastHead()).doesNotStartWith("CONNECT");
    }

    /** Proves specification 1.12, 3.5. */
    @Test
    void pathOfTheUpstreamUrlIsPutBeforeThePathOfTheRequest() throws Exception {
        String url = "http://127.0.0.1:" + function.port() + "/base/%7Ex/";
        try (RunningWatchdog prefixed = RunningWatchdog.inFrontOf(function, "http_upstream_url", url);
                RawClient client = prefixed.connect()) {
            client.send("GET //a?b HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readResponse()).contains("GET /base/%7Ex//a?b HTTP/1.1\r\n");

            client.send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readResponse()).contains("OPTIONS * HTTP/1.1\r\n");

            client.send("GET http://h HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readResponse()).contains("GET /base/%7Ex/ HTTP/1.1\r\n");
        }
    }
}
