package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls with and without a token that permits the function (contract 8). Which tokens do is tested in the core. */
class JwtTest {
    private static final String WANTED = "a header \"Authorization: Bearer <token>\" is required\n";

    private TokenIssuer issuer;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws IOException {
        issuer = TokenIssuer.start();
    }

    @AfterEach
    void stop() {
        issuer.close();
    }

    private static String get(String path, String... headerLines) {
        return "GET " + path + " HTTP/1.1\r\nHost: h\r\n"
                + String.join(
                        "",
                        List.of(headerLines).stream().map(line -> line + "\r\n").toList())
                + "\r\n";
    }

    private static String bearer(String token) {
        return "Authorization: Bearer " + token;
    }

    @Test
    void passesACallThatThePermissionsAllow() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, issuer.settings());
                RawClient client = watchdog.connect()) {
            String token = issuer.token();
            client.send(get("/path?a=b", bearer(token), "X-Auth-Seconds: 99", "x-auth-seconds: 98"));

            assertThat(client.readResponse())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("GET /path?a=b HTTP/1.1\r\n", bearer(token) + "\r\n")
                    .containsPattern("X-Auth-Seconds: \\d\\.\\d{6}\r\n")
                    .doesNotContain(": 99\r\n", ": 98\r\n");
            assertThat(watchdog.log().awaitLine("GET /path"))
                    .matches(".* GET /path\\?a=b - 200 OK - ContentLength: .*");
            assertThat(watchdog.log().holds(token)).isFalse();
        }
    }

    @Test
    void tellsTheFunctionOfTheTokenWhateverTheClientSays() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, issuer.settings());
                RawClient client = watchdog.connect()) {
            client.send(get("/", bearer(issuer.token()), "Connection: close, X-Auth-Seconds", "X-Auth-Seconds: 99"));

            assertThat(client.readResponse())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .containsPattern("X-Auth-Seconds: 0\\.\\d{6}\r\n");
        }
    }

    @Test
    void passesOnNoTrailerOfThatName() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    String head = connection.readHead();
                    String body = connection.readUntil("\r\n\r\n");
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
                            .formatted((head + body).length(), head + body));
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, issuer.settings());
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\n" + bearer(issuer.token())
                    + "\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Auth-Seconds: 99\r\nX-Other: a\r\n\r\n");

            assertThat(client.readResponse()).contains("X-Other: a\r\n").doesNotContain(": 99");
        }
    }

    @Test
    void refusesACallWithoutAToken() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, issuer.settings());
                RawClient client = watchdog.connect()) {
            client.send(get("/path?token=secret"));

            String refusal = client.readResponse();
            assertThat(refusal).startsWith("HTTP/1.1 401 Unauthorized\r\n").endsWith("\r\n\r\n" + WANTED);
            assertThat(refusal.lines().skip(1).takeWhile(line -> !line.isEmpty()))
                    .filteredOn(line -> !line.startsWith("Date: "))
                    .containsExactlyInAnyOrder(
                            "WWW-Authenticate: Bearer realm=IAM function invoke",
                            "X-OpenFaaS-Internal: faas-middleware",
                            "Content-Type: text/plain; charset=utf-8",
                            "Content-Length: " + WANTED.length());
            assertThat(watchdog.log().awaitLine("GET /path"))
                    .matches(".* GET /path - 401 ACCESS DENIED - \\(\\d+m?s\\)");
            assertThat(watchdog.log().holds("secret")).isFalse();

            client.send(get("/again", bearer(issuer.token())));
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void refusesTokensThatAreNoGoodAndNamesNone() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, issuer.settings("jwt_auth_debug", "true"));
                RawClient client = watchdog.connect()) {
            for (String token : List.of(
                    issuer.expiredToken(),
                    issuer.forgedToken(),
                    "eyJhbGciOiJub25lIn0.e30.",
                    "eyJ\u00e9",
                    "a".repeat(200_000))) {
                client.send(get("/", bearer(token)));

                assertThat(client.readResponse())
                        .startsWith("HTTP/1.1 401 Unauthorized\r\n")
                        .doesNotContain("eyJ", "aaaa");
            }
            client.send(get("/", bearer(issuer.token()), bearer(issuer.token())));
            assertThat(client.readResponse()).startsWith("HTTP/1.1 401 Unauthorized\r\n");
            client.send(get("/", "Authorization: Basic " + issuer.token()));
            assertThat(client.readResponse()).startsWith("HTTP/1.1 401 Unauthorized\r\n");
            client.send(get("/last", "authorization:   bearer   " + issuer.token() + "  "));
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n");

            watchdog.log().awaitLine("GET /last - 200");
            assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("eyJ") || line.contains("aaaa"));
            assertThat(watchdog.log().holds("JWT claims: {")).isTrue();
            assertThat(watchdog.log().holds("JWT refused: the token has expired"))
                    .isTrue();
        }
    }

    @Test
    void forbidsAnotherFunction() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, issuer.settings());
                RawClient client = watchdog.connect()) {
            client.send(get("/path", bearer(issuer.tokenFor("openfaas-fn:environment"))));

            assertThat(client.readResponse())
                    .startsWith("HTTP/1.1 403 Forbidden\r\n")
                    .contains("X-OpenFaaS-Internal: faas-middleware\r\n")
                    .doesNotContain("WWW-Authenticate")
                    .endsWith("\r\n\r\ninsufficient permissions\n");
            assertThat(watchdog.log().awaitLine("GET /path"))
                    .matches(".* GET /path - 403 ACCESS DENIED - \\(\\d+m?s\\)");
            client.send(get("/path", bearer(issuer.tokenFor("env"))));
            assertThat(client.readResponse()).startsWith("HTTP/1.1 403 Forbidden\r\n");
        }
    }

    @Test
    void logsARefusalAsJsonToo() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, issuer.settings("log_format", "json"));
                RawClient client = watchdog.connect()) {
            client.send(get("/path?token=secret"));
            client.readResponse();

            assertThat(watchdog.log().awaitLine("access denied"))
                    .contains("\"method\":\"GET\",\"path\":\"/path\",\"status\":401");
        }
    }

    @Test
    void countsRefusalsAndKeepsNoPlaceForThem() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, issuer.settings("max_inflight", "1"));
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 100; i++) {
                client.send(get("/"));
                assertThat(client.readResponse()).startsWith("HTTP/1.1 401 ");
            }
            client.send(get("/", bearer(issuer.tokenFor("a:b"))));
            client.readResponse();

            assertThat(watchdog.metrics())
                    .contains("http_requests_total{code=\"401\",method=\"get\"} 100\n")
                    .contains("http_requests_total{code=\"403\",method=\"get\"} 1\n");
        }
    }

    @Test
    void asksForNoTokenWhereTheWatchdogAnswers() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, issuer.settings("ready_path", "/ok"))) {
            assertThat(watchdog.get("/_/health").statusCode()).isEqualTo(200);
            assertThat(watchdog.get("/_/ready").body()).startsWith("GET /ok HTTP/1.1\r\n");
            assertThat(watchdog.metrics()).contains("http_requests_in_flight 0\n");
            assertThat(watchdog.get("/ok").statusCode()).isEqualTo(401);
            assertThat(watchdog.get("/_/other").statusCode()).isEqualTo(401);
            assertThat(watchdog.get("//_/health").statusCode()).isEqualTo(401);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nhalf",
                "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n"
            })
    void refusesWhileTheBodyStillArrives(String half) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, issuer.settings());
                RawClient client = watchdog.connect()) {
            client.send(half);

            assertThat(client.readResponse()).startsWith("HTTP/1.1 401 ").contains("\r\nConnection: close\r\n");
            client.send("x".repeat(100_000));
            assertThat(client.readToAnyEnd()).isEmpty();
            assertThat(function.connections()).isZero();
        }
    }

    @Test
    void refusesUpgradesToo() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, issuer.settings());
                RawClient client = watchdog.connect()) {
            client.send(get("/", "Connection: Upgrade", "Upgrade: websocket"));

            assertThat(client.readResponse()).startsWith("HTTP/1.1 401 ");
            client.send("CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n\r\n");
            assertThat(client.readResponse()).matches("(?s)HTTP/1.1 40[15] .*");
        }
    }

    @Test
    void answersHeadWithoutABody() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, issuer.settings());
                RawClient client = watchdog.connect()) {
            client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 401 ");
            client.send(get("/", bearer(issuer.token())));
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void looksAtTheTokensOfHttp2() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, issuer.settings());
                Http2Client client = Http2Client.on(watchdog.connect())) {
            client.get(1, "/none");
            assertThat(client.response(1)).contains(":status: 401", "www-authenticate: ", WANTED);
            client.request(
                    3,
                    Http2Frames.END_STREAM,
                    "GET",
                    "/good",
                    "authorization",
                    "Bearer " + issuer.token(),
                    "x-auth-seconds",
                    "99");
            assertThat(client.response(3))
                    .contains(":status: 200")
                    .containsPattern("x-auth-seconds: 0\\.\\d{6}\r\n")
                    .doesNotContain(": 99");
            client.request(
                    5, Http2Frames.END_STREAM, "GET", "/other", "authorization", "Bearer " + issuer.tokenFor("a:*"));
            assertThat(client.response(5)).contains(":status: 403", "insufficient permissions\n");
            client.request(7, 0, "POST", "/body");
            assertThat(client.response(7)).contains(":status: 401");
            client.request(
                    9,
                    Http2Frames.END_STREAM,
                    "GET",
                    "/two",
                    "authorization",
                    "Bearer " + issuer.token(),
                    "authorization",
                    "Bearer x");
            assertThat(client.response(9)).contains(":status: 401");
        }
    }

    @Test
    void guardsFilesToo() throws Exception {
        Files.writeString(folder.resolve("a.txt"), "hello");
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder, issuer.settings());
                RawClient client = watchdog.connect()) {
            client.send(get("/a.txt"));
            assertThat(client.readResponse()).startsWith("HTTP/1.1 401 ").doesNotContain("hello");
            client.send(get("/a.txt", bearer(issuer.token())));
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ").endsWith("hello");
        }
    }

    @Test
    void printsNoBodyThatItRefuses() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function, issuer.settings("read_debug", "true", "write_debug", "true"));
                RawClient client = watchdog.connect()) {
            client.send("POST /path HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nsecret");
            client.readResponse();

            watchdog.log().awaitLine("401 ACCESS DENIED");
            assertThat(watchdog.log().holds("secret")).isFalse();
        }
    }

    @Test
    void doesNotStartWhereTheAuthorityCannotBeRead() throws Exception {
        String[] settings = issuer.settings();
        String url = issuer.url();
        issuer.close();

        assertThatThrownBy(() -> RunningWatchdog.startedInFrontOf(1, settings))
                .isInstanceOf(IOException.class)
                .hasMessage(
                        "jwt_auth: cannot read the issuer document at %s/.well-known/openid-configuration:"
                                + " connection refused",
                        url);
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .isEmpty();
    }
}
