package dev.fnwatchdog.undertow.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.Http2Client;
import dev.fnwatchdog.undertow.fixture.Http2Frames;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which a request can end releases its permit. Proves specification 3.36, 7.2. */
class InflightPermitReleaseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String POST = "POST /hang HTTP/1.1\r\nHost: h\r\n";
    private static final Semaphore ENTERED = new Semaphore(0);

    private static ScriptedFunction function;
    private static RunningWatchdog watchdog;

    /** What a client does with the only permit, after which the permit should be free again. */
    interface Use {
        void run(RawClient client) throws Exception;
    }

    @BeforeAll
    static void start() throws Exception {
        function = ScriptedFunction.serving(connection -> {
            while (true) {
                respond(connection, connection.readHead());
            }
        });
        watchdog = RunningWatchdog.inFrontOf(
                function, "max_inflight", "1", "read_timeout", "300ms", "write_timeout", "300ms");
    }

    @AfterAll
    static void stop() throws Exception {
        watchdog.close();
        function.close();
    }

    private static void respond(RawClient connection, String head) throws Exception {
        ENTERED.release();
        switch (head.split(" ", -1)[1]) {
            case "/ok" -> connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
            case "/204" -> connection.send("HTTP/1.1 204 No Content\r\n\r\n");
            case "/304" -> connection.send("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n");
            case "/events" ->
                connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\ndata: 1\n\r\n");
            case "/close" -> connection.close();
            case "/garbage" -> connection.send("what?\r\n\r\n");
            case "/half" -> {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                connection.close();
            }
            case "/long" ->
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + "x".repeat(99_999_999));
            case "/until-close" -> {
                connection.send("HTTP/1.0 200 OK\r\n\r\nall");
                connection.close();
            }
            case "/upgrade" -> {
                connection.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
                connection.send(connection.read(4));
                connection.read(1);
            }
            case "/upgrade-and-close" -> {
                connection.send("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
                connection.close();
            }
            default -> connection.read(1);
        }
    }

    private static Use get(String path, String... headers) {
        return client -> {
            client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n" + String.join("\r\n", headers) + "\r\n");
            ENTERED.acquire();
        };
    }

    private static Use send(String request) {
        return client -> {
            client.send(request);
            ENTERED.acquire();
        };
    }

    /** Returns a use that runs {@code first} and then {@code second}. */
    private static Use then(Use first, Use second) {
        return client -> {
            first.run(client);
            second.run(client);
        };
    }

    private static Arguments ending(String what, Use use) {
        return arguments(what, use);
    }

    static Stream<Arguments> endings() {
        Use upgrade = then(get("/upgrade", "Connection: Upgrade", "Upgrade: echo", ""), client -> client.send("ping"));
        return Stream.of(
                ending("a response", then(get("/ok"), RawClient::readResponse)),
                ending("a response without a body", then(get("/204"), RawClient::readHead)),
                ending("a 304 with a length", then(get("/304"), RawClient::readHead)),
                ending("a response that ends with its connection", then(get("/until-close"), RawClient::readHead)),
                ending("HEAD", then(send("HEAD /until-close HTTP/1.1\r\nHost: h\r\n\r\n"), RawClient::readHead)),
                ending("CONNECT", client -> client.send("CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n")),
                ending("a client that disconnects before its response", then(get("/hang"), RawClient::close)),
                ending("a client that resets before its response", then(get("/hang"), RawClient::reset)),
                ending(
                        "a client that disconnects while it sends",
                        then(send(POST + "Content-Length: 9\r\n\r\nhalf"), RawClient::close)),
                ending(
                        "a client that disconnects in a chunk",
                        then(send(POST + "Transfer-Encoding: chunked\r\n\r\n9\r\nhalf"), RawClient::close)),
                ending("a client that disconnects in a stream of events", then(get("/events"), client -> {
                    client.readUntil("data: 1\n");
                    client.close();
                })),
                ending("a client that resets in a stream of events", then(get("/events"), client -> {
                    client.readUntil("data: 1\n");
                    client.reset();
                })),
                ending("a client that disconnects in a long response", then(get("/long"), client -> {
                    client.readHead();
                    client.close();
                })),
                ending("a client that stops reading", get("/long")),
                ending("a function that closes before its response", then(get("/close"), RawClient::readHead)),
                ending("a function that closes in its response", then(get("/half"), RawClient::closedByPeer)),
                ending("a function that does not send HTTP", then(get("/garbage"), RawClient::readHead)),
                ending(
                        "exec_timeout before the response",
                        then(get("/hang", "X-Timeout: 50ms", ""), RawClient::readHead)),
                ending(
                        "exec_timeout in the response",
                        then(get("/events", "X-Timeout: 50ms", ""), RawClient::readUntilClosedOrReset)),
                ending("write_timeout", then(get("/events"), RawClient::readUntilClosedOrReset)),
                ending("read_timeout", then(send(POST + "Content-Length: 9\r\n\r\nhalf"), RawClient::readToEnd)),
                ending("a bad chunk", client -> {
                    client.send(POST + "Transfer-Encoding: chunked\r\n\r\nzz\r\n");
                    client.readToEnd();
                }),
                ending("a tunnel that the client closes", then(upgrade, RawClient::close)),
                ending("a tunnel that the client resets", then(upgrade, RawClient::reset)),
                ending(
                        "a tunnel that the function closes",
                        then(
                                get("/upgrade-and-close", "Connection: Upgrade", "Upgrade: echo", ""),
                                RawClient::readToEnd)),
                ending("a stream of HTTP/2", client -> {
                    Http2Client http2 = Http2Client.on(client);
                    http2.get(1, "/ok");
                    assertThat(http2.response(1)).contains(":status: 200").endsWith("hi");
                }),
                ending("a stream of HTTP/2 that is reset before its response", client -> {
                    Http2Client http2 = Http2Client.on(client);
                    http2.get(1, "/hang");
                    ENTERED.acquire();
                    http2.reset(1);
                }),
                ending("a stream of HTTP/2 that is reset while it is sent", client -> {
                    Http2Client http2 = Http2Client.on(client);
                    http2.request(1, 0, "POST", "/hang");
                    http2.data(1, 0, "half");
                    ENTERED.acquire();
                    http2.reset(1);
                }),
                ending("a stream of HTTP/2 that is reset in its response", client -> {
                    Http2Client http2 = Http2Client.on(client);
                    http2.get(1, "/events");
                    while (http2.next().type() != Http2Frames.DATA) {
                        // Skip the head.
                    }
                    http2.reset(1);
                }),
                ending("a connection of HTTP/2 that is closed", client -> {
                    Http2Client http2 = Http2Client.on(client);
                    http2.get(1, "/hang");
                    ENTERED.acquire();
                    client.close();
                }),
                ending("a client of HTTP/2 that gives no window for the response", client -> {
                    Http2Client http2 = Http2Client.on(client, new byte[] {0, 4, 0, 0, 0, 0});
                    http2.get(1, "/ok");
                    assertThat(http2.response(1)).endsWith("RST_STREAM");
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("endings")
    void thePermitIsReleasedAfterEveryWayInWhichARequestEnds(String what, Use use) throws Exception {
        ENTERED.drainPermits();
        try (RawClient client = watchdog.connect()) {
            use.run(client);
            // The client's connection may stay open.
            assertPermitIsFree();
        }
    }

    private static void assertPermitIsFree() {
        Polling.until(PATIENCE, () -> watchdog.get("/ok").statusCode() == 200);
        Polling.until(PATIENCE, () -> watchdog.metrics().contains("http_requests_in_flight 0\n"));
    }

    @Test
    void thePermitIsReleasedWhenTheFunctionCannotBeReached() throws Exception {
        try (RunningWatchdog unreachable =
                RunningWatchdog.startedInFrontOf(FreePort.any(), "max_inflight", "1", "startup_wait", "0")) {
            for (int i = 0; i < 5; i++) {
                assertThat(unreachable.get("/").statusCode()).isEqualTo(500);
            }
        }
    }

    /** Proves specification 3.36, 7.2. */
    @Test
    void aTunnelHoldsItsPermitUntilItCloses() throws Exception {
        ENTERED.drainPermits();
        try (RawClient client = watchdog.connect()) {
            client.send("GET /upgrade HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");

            assertThat(watchdog.get("/ok").statusCode()).isEqualTo(429);
            client.send("ping");
            assertThat(client.read(4)).isEqualTo("ping");
            assertThat(watchdog.get("/ok").statusCode()).isEqualTo(429);
        }
        assertPermitIsFree();
    }
}
