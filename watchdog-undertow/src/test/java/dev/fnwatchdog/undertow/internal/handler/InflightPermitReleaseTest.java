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

/** Every way that a call can end gives its place back (contract 7). */
class InflightPermitReleaseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String POST = "POST /hang HTTP/1.1\r\nHost: h\r\n";
    private static final Semaphore ENTERED = new Semaphore(0);

    private static ScriptedFunction function;
    private static RunningWatchdog watchdog;

    /** What a client does with the one place that there is, until it should be free again. */
    interface Use {
        void run(RawClient client) throws Exception;
    }

    @BeforeAll
    static void start() throws Exception {
        function = ScriptedFunction.serving(connection -> {
            while (true) {
                answer(connection, connection.readHead());
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

    private static void answer(RawClient connection, String head) throws Exception {
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

    /** Then the client does what the second says. */
    private static Use then(Use first, Use second) {
        return client -> {
            first.run(client);
            second.run(client);
        };
    }

    private static Arguments way(String what, Use use) {
        return arguments(what, use);
    }

    static Stream<Arguments> ways() {
        Use upgrade = then(get("/upgrade", "Connection: Upgrade", "Upgrade: echo", ""), client -> client.send("ping"));
        return Stream.of(
                way("an answer", then(get("/ok"), RawClient::readResponse)),
                way("an answer without a body", then(get("/204"), RawClient::readHead)),
                way("a 304 with a length", then(get("/304"), RawClient::readHead)),
                way("an answer that ends with its connection", then(get("/until-close"), RawClient::readHead)),
                way("HEAD", then(send("HEAD /until-close HTTP/1.1\r\nHost: h\r\n\r\n"), RawClient::readHead)),
                way("CONNECT", client -> client.send("CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n")),
                way("a client that leaves before its answer", then(get("/hang"), RawClient::close)),
                way("a client that resets before its answer", then(get("/hang"), RawClient::reset)),
                way(
                        "a client that leaves while it sends",
                        then(send(POST + "Content-Length: 9\r\n\r\nhalf"), RawClient::close)),
                way(
                        "a client that leaves in a chunk",
                        then(send(POST + "Transfer-Encoding: chunked\r\n\r\n9\r\nhalf"), RawClient::close)),
                way("a client that leaves in a stream of events", then(get("/events"), client -> {
                    client.readUntil("data: 1\n");
                    client.close();
                })),
                way("a client that resets in a stream of events", then(get("/events"), client -> {
                    client.readUntil("data: 1\n");
                    client.reset();
                })),
                way("a client that leaves in a long answer", then(get("/long"), client -> {
                    client.readHead();
                    client.close();
                })),
                way("a client that stops reading", get("/long")),
                way("a function that closes before its answer", then(get("/close"), RawClient::readHead)),
                way("a function that closes in its answer", then(get("/half"), RawClient::closedByPeer)),
                way("a function that does not speak HTTP", then(get("/garbage"), RawClient::readHead)),
                way("exec_timeout before the answer", then(get("/hang", "X-Timeout: 50ms", ""), RawClient::readHead)),
                way("exec_timeout in the answer", then(get("/events", "X-Timeout: 50ms", ""), RawClient::readUntilClosedOrReset)),
                way("write_timeout", then(get("/events"), RawClient::readUntilClosedOrReset)),
                way("read_timeout", then(send(POST + "Content-Length: 9\r\n\r\nhalf"), RawClient::readToEnd)),
                way("a bad chunk", client -> {
                    client.send(POST + "Transfer-Encoding: chunked\r\n\r\nzz\r\n");
                    client.readToEnd();
                }),
                way("a tunnel that the client closes", then(upgrade, RawClient::close)),
                way("a tunnel that the client resets", then(upgrade, RawClient::reset)),
                way(
                        "a tunnel that the function closes",
                        then(
                                get("/upgrade-and-close", "Connection: Upgrade", "Upgrade: echo", ""),
                                RawClient::readToEnd)),
                way("a stream of HTTP/2", client -> {
                    Http2Client http2 = Http2Client.on(client);
                    http2.get(1, "/ok");
                    assertThat(http2.response(1)).contains(":status: 200").endsWith("hi");
                }),
                way("a stream of HTTP/2 that is reset before its answer", client -> {
                    Http2Client http2 = Http2Client.on(client);
                    http2.get(1, "/hang");
                    ENTERED.acquire();
                    http2.reset(1);
                }),
                way("a stream of HTTP/2 that is reset while it is sent", client -> {
                    Http2Client http2 = Http2Client.on(client);
                    http2.request(1, 0, "POST", "/hang");
                    http2.data(1, 0, "half");
                    ENTERED.acquire();
                    http2.reset(1);
                }),
                way("a stream of HTTP/2 that is reset in its answer", client -> {
                    Http2Client http2 = Http2Client.on(client);
                    http2.get(1, "/events");
                    while (http2.next().type() != Http2Frames.DATA) {
                        // the head
                    }
                    http2.reset(1);
                }),
                way("a connection of HTTP/2 that is closed", client -> {
                    Http2Client http2 = Http2Client.on(client);
                    http2.get(1, "/hang");
                    ENTERED.acquire();
                    client.close();
                }),
                way("a client of HTTP/2 that gives no room for the answer", client -> {
                    Http2Client http2 = Http2Client.on(client, new byte[] {0, 4, 0, 0, 0, 0});
                    http2.get(1, "/ok");
                    assertThat(http2.response(1)).endsWith("RST_STREAM");
                }));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    void isFreeAfter(String what, Use use) throws Exception {
        ENTERED.drainPermits();
        try (RawClient client = watchdog.connect()) {
            use.run(client);
            // Its connection may stay open.
            assertThatThereIsAPlace();
        }
    }

    private static void assertThatThereIsAPlace() {
        Polling.until(PATIENCE, () -> watchdog.get("/ok").statusCode() == 200);
        Polling.until(PATIENCE, () -> watchdog.metrics().contains("http_requests_in_flight 0\n"));
    }

    @Test
    void isFreeAfterAFunctionThatCannotBeReached() throws Exception {
        try (RunningWatchdog inFront = RunningWatchdog.startedInFrontOf(FreePort.any(), "max_inflight", "1")) {
            for (int i = 0; i < 5; i++) {
                assertThat(inFront.get("/").statusCode()).isEqualTo(500);
            }
        }
    }

    @Test
    void isTakenByATunnelAsLongAsItLasts() throws Exception {
        ENTERED.drainPermits();
        try (RawClient client = watchdog.connect()) {
            client.send("GET /upgrade HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");

            assertThat(watchdog.get("/ok").statusCode()).isEqualTo(429);
            client.send("ping");
            assertThat(client.read(4)).isEqualTo("ping");
            assertThat(watchdog.get("/ok").statusCode()).isEqualTo(429);
        }
        assertThatThereIsAPlace();
    }
}
