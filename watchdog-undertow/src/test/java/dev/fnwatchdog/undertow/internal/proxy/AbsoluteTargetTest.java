package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A request target in absolute form is reduced to its path and query, and its authority becomes {@code Host}. Proves
 * specification 3.10.
 */
class AbsoluteTargetTest {
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

    /** Proves specification 3.10. */
    @ParameterizedTest
    @CsvSource({
        "http://example.com/a%20b?x=1, /a%20b?x=1, example.com",
        "http://example.com:8080/, /, example.com:8080",
        "http://example.com, /, example.com",
        "http://example.com?x=1, /?x=1, example.com",
        "http://example.com??x, /??x, example.com",
        "http://example.com?, /?, example.com",
        "http://example.com/a?100%&%zz, /a?100%&%zz, example.com",
        "http://EXAMPLE.com//a/../b, //a/../b, EXAMPLE.com",
        "https://example.com/a?b=http://c/d, /a?b=http://c/d, example.com",
        "http://example.com/http://c/d, /http://c/d, example.com",
        "ws+x.1-2://10.0.0.1:81/x, /x, 10.0.0.1:81",
        "http://[::1]:80/x, /x, [::1]:80",
        "http://_fn-1.ns/x, /x, _fn-1.ns"
    })
    void absoluteTargetIsReducedToPathAndQueryAndItsAuthorityBecomesHost(String target, String path, String authority)
            throws Exception {
        for (String host : new String[] {authority, "other", "example.co"}) {
            assertThat(watchdog.responseTo(
                            "GET %s HTTP/1.1\r\nX-A: 1\r\nHost: %s\r\nX-B: 2\r\n\r\n".formatted(target, host)))
                    .contains("\r\n\r\nGET " + path + " HTTP/1.1\r\n", "\r\nX-A: 1\r\n", "\r\nX-B: 2\r\n")
                    .containsOnlyOnce("\r\nHost: " + authority + "\r\n")
                    .doesNotContain("Host: other\r\n", "Host: example.co\r\n");
        }
    }

    /** Proves specification 3.10. */
    @Test
    void absoluteTargetOfAnHttp10RequestIsReducedToo() throws Exception {
        assertThat(watchdog.responseTo("GET http://example.com/a HTTP/1.0\r\n\r\n"))
                .contains("\r\n\r\nGET /a HTTP/1.1\r\n", "\r\nHost: example.com\r\n");
    }

    @Test
    void absoluteTargetThatArrivesInPiecesIsReduced() throws Exception {
        String request = "POST http://example.com:81?x HTTP/1.1\r\nHost: other\r\nContent-Length: 2\r\n\r\n";
        for (int cut = 1; cut < request.length(); cut++) {
            try (RawClient client = watchdog.connect()) {
                client.send(request.substring(0, cut));
                client.send(request.substring(cut) + "ab");

                assertThat(client.readResponse())
                        .contains("\r\n\r\nPOST /?x HTTP/1.1\r\n", "\r\nHost: example.com:81\r\n");
            }
        }
        try (RawClient client = watchdog.connect()) {
            for (char c : (request + "ab").toCharArray()) {
                client.send(String.valueOf(c));
            }
            assertThat(client.readResponse()).contains("\r\n\r\nPOST /?x HTTP/1.1\r\n", "\r\nHost: example.com:81\r\n");
        }
    }

    @Test
    void absoluteTargetsOfPipelinedRequestsAreEachReduced() throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("GET http://a/1 HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "POST http://b?2 HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\nGET http://evil/ HTTP"
                    + "GET /3 HTTP/1.1\r\nHost: c\r\n\r\n"
                    + "GET http://d HTTP/1.1\r\nHost: x\r\n\r\n");

            assertThat(client.readResponse()).contains("GET /1 HTTP/1.1\r\n", "Host: a\r\n");
            assertThat(client.readResponse()).contains("POST /?2 HTTP/1.1\r\n", "Host: b\r\n");
            assertThat(client.readResponse()).contains("GET /3 HTTP/1.1\r\n", "Host: c\r\n");
            assertThat(client.readResponse()).contains("GET / HTTP/1.1\r\n", "Host: d\r\n");
        }
    }

    @Test
    void absoluteTargetDoesNotChangeTheHostOfTheNextRequest() throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("GET http://a/ HTTP/1.1\r\nHost: x\r\n\r\n").readResponse();

            assertThat(client.send("GET / HTTP/1.1\r\nHost: y\r\n\r\n").readResponse())
                    .contains("\r\nHost: y\r\n");
        }
    }

    /** Proves specification 3.10. */
    @ParameterizedTest
    @ValueSource(strings = {"http://user@example.com/", "http://user:password@example.com/", "http://@example.com/"})
    void absoluteTargetWithUserInformationIs400(String target) throws Exception {
        assertThat(watchdog.responseTo("GET %s HTTP/1.1\r\nHost: example.com\r\n\r\n".formatted(target)))
                .startsWith("HTTP/1.1 400 ");
    }

    /** No host has so long a name. Proves specification 7.15. */
    @Test
    void absoluteTargetWithAnAuthorityOfMoreThan512BytesIs400() throws Exception {
        String authority = "h".repeat(600);
        assertThat(watchdog.responseTo("GET http://%1$s/ HTTP/1.1\r\nHost: %1$s\r\n\r\n".formatted(authority)))
                .startsWith("HTTP/1.1 400 ");
    }

    /** Proves specification 7.15. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http:///x",
                "http:/x",
                "http:x",
                "http://",
                "http://a b/",
                "http://h:x/",
                "http://[::1/",
                "http://h%zz/",
                "1http://h/",
                "mailto:x"
            })
    void malformedAbsoluteTargetIs400(String target) throws Exception {
        assertThat(watchdog.responseTo("GET %s HTTP/1.1\r\nHost: h\r\n\r\n".formatted(target)))
                .startsWith("HTTP/1.1 400 ");
    }

    /** Proves specification 7.15. */
    @ParameterizedTest
    @ValueSource(strings = {"", "Host: a\r\nHost: b\r\n", "Host: a b\r\n"})
    void absoluteTargetWithAMissingRepeatedOrMalformedHostIs400(String hosts) throws Exception {
        assertThat(watchdog.responseTo("GET http://h/ HTTP/1.1\r\n%s\r\n".formatted(hosts)))
                .startsWith("HTTP/1.1 400 ");
    }

    /** Proves specification 3.10. */
    @Test
    void absoluteTargetOfTheHealthPathReachesTheHealthEndpoint() throws Exception {
        assertThat(watchdog.responseTo("GET http://h/_/health HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 200 OK\r\n")
                .endsWith("\r\n\r\nOK");
    }
}
