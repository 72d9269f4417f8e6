package dev.fnwatchdog.undertow.internal.handler;

import static dev.fnwatchdog.undertow.fixture.TokenIssuer.bearer;
import static dev.fnwatchdog.undertow.fixture.TokenIssuer.get;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.fixture.TokenIssuer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests which requests need a token: with bodies, upgrades, HTTP/2, for files. Proves specification 2.13, 8.6, 8.8,
 * 8.10 to 8.12.
 */
class JwtGuardsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

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

    /** Proves specification 8.12. */
    @Test
    void healthReadinessAndMetricsNeedNoTokenAndOtherPathsDo() throws Exception {
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

    /** Proves specification 8.12. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\nhalf",
                "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n",
                "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n"
            })
    void aRefusalForAMissingTokenDoesNotWaitForTheBody(String half) throws Exception {
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

    /** Proves specification 8.12. */
    @Test
    void upgradesWithoutATokenAreRefused() throws Exception {
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
    void aRefusalOfHeadForAMissingTokenHasNoBody() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, issuer.settings());
                RawClient client = watchdog.connect()) {
            client.send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 401 ");
            client.send(get("/", bearer(issuer.token())));
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ");
        }
    }

    /** Proves specification 8.6, 8.8, 8.10, 8.11, 8.12. */
    @Test
    void http2StreamsNeedAToken() throws Exception {
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

    /** Proves specification 8.12. */
    @Test
    void filesNeedAToken() throws Exception {
        Files.writeString(folder.resolve("a.txt"), "hello");
        try (RunningWatchdog watchdog = RunningWatchdog.serving(folder, issuer.settings());
                RawClient client = watchdog.connect()) {
            client.send(get("/a.txt"));
            assertThat(client.readResponse()).startsWith("HTTP/1.1 401 ").doesNotContain("hello");
            client.send(get("/a.txt", bearer(issuer.token())));
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ").endsWith("hello");
        }
    }

    /** Proves specification 7.3, 8.12. */
    @Test
    void requestsWithoutATokenTakeNoPlaceInTheQueueAndAre429WhereItIsFull() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch released = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        connection.readHead();
                        reached.countDown();
                        released.await();
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
                    }
                });
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, issuer.settings("max_inflight", "1", "max_waiting", "1"));
                RawClient first = watchdog.connect();
                RawClient second = watchdog.connect();
                RawClient without = watchdog.connect()) {
            first.send(get("/", bearer(issuer.token())));
            assertThat(reached.await(15, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 3; i++) {
                assertThat(without.send(get("/")).readResponse()).startsWith("HTTP/1.1 401 ");
                assertThat(without.send(get("/", bearer(issuer.tokenFor("a:b"))))
                                .readResponse())
                        .startsWith("HTTP/1.1 403 ");
            }

            second.send(get("/", bearer(issuer.token())));
            Polling.until(PATIENCE, () -> watchdog.metric("watchdog_requests_waiting") == 1);
            assertThat(without.send(get("/")).readResponse()).startsWith("HTTP/1.1 429 ");
            assertThat(without.send(get("/", bearer(issuer.token()))).readResponse())
                    .startsWith("HTTP/1.1 429 ");

            released.countDown();
            assertThat(first.readResponse()).startsWith("HTTP/1.1 200 ");
            assertThat(second.readResponse()).startsWith("HTTP/1.1 200 ");
            watchdog.awaitIdle();
            assertThat(without.send(get("/")).readResponse()).startsWith("HTTP/1.1 401 ");
        }
    }

    /** Proves specification 2.13, 8.12. */
    @Test
    void refusalsForMissingTokensAreCountedAndHoldNoPermit() throws Exception {
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
