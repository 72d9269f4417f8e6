package dev.fnwatchdog.undertow.internal.handler;

import static dev.fnwatchdog.undertow.fixture.TokenIssuer.bearer;
import static dev.fnwatchdog.undertow.fixture.TokenIssuer.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.fixture.TokenIssuer;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls with and without a token that permits the function (contract 8). Which tokens do is tested in the core. */
class JwtTest {
    private static final String WANTED = "a header \"Authorization: Bearer <token>\" is required\n";

    private TokenIssuer issuer;

    @BeforeEach
    void start() throws IOException {
        issuer = TokenIssuer.start();
    }

    @AfterEach
    void stop() {
        issuer.close();
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
            assertThat(watchdog.log().contains(token)).isFalse();
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
            assertThat(watchdog.log().contains("secret")).isFalse();

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
                    "a".repeat(50_000))) {
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
            assertThat(watchdog.log().contains("JWT claims: {")).isTrue();
            assertThat(watchdog.log().contains("JWT refused: the token has expired"))
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
    void printsNoBodyThatItRefuses() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function, issuer.settings("read_debug", "true", "write_debug", "true"));
                RawClient client = watchdog.connect()) {
            client.send("POST /path HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nsecret");
            client.readResponse();

            watchdog.log().awaitLine("401 ACCESS DENIED");
            assertThat(watchdog.log().contains("secret")).isFalse();
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
