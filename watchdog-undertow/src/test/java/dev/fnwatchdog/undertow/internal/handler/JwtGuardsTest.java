package dev.fnwatchdog.undertow.internal.handler;

import static dev.fnwatchdog.undertow.fixture.TokenIssuer.bearer;
import static dev.fnwatchdog.undertow.fixture.TokenIssuer.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.fixture.TokenIssuer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which calls need a token, whatever their form: bodies, upgrades, HTTP/2, files; and which do not (contract 8). */
class JwtGuardsTest {
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
            assertThat(client.readUntilClosedOrReset()).isEmpty();
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
            assertThat(client.response(1))
                    .contains(":status: 401", "www-authenticate: ", "Authorization: Bearer <token>");
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
}
