package dev.fnwatchdog.undertow.internal.proxy;

import static dev.fnwatchdog.undertow.internal.proxy.EverySchemeFailureTest.assertServes;
import static dev.fnwatchdog.undertow.internal.proxy.EverySchemeFailureTest.failingWith;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.fnwatchdog.core.health.Shutdown;
import dev.fnwatchdog.undertow.fixture.ClientProtocol;
import dev.fnwatchdog.undertow.fixture.FunctionScheme;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.SchemeFunction;
import dev.fnwatchdog.undertow.fixture.SentRequest;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Upgrades of HTTP/1.1 to functions of each scheme: over HTTP/1.1 they are tunnelled, to a function that speaks HTTP/2 and from
 * a client of HTTP/2 there are none. Proves specification 3.36, 3.49.
 */
@Timeout(60)
class EverySchemeUpgradeTest {
    private static final long PATIENCE_SECONDS = 20;
    private static final String UPGRADE = upgrade("own/1");

    private final CountDownLatch ended = new CountDownLatch(1);

    /** What a function does with an accepted upgrade. */
    private interface Script {
        void serve(RawClient tunnel) throws Exception;
    }

    /** How one side ends. */
    enum End {
        CLOSE,
        RESET,
        /** Over TLS without {@code close_notify}. */
        END_OF_TCP;

        void of(RawClient side) throws IOException {
            switch (this) {
                case CLOSE -> side.close();
                case RESET -> side.reset();
                case END_OF_TCP -> side.endTransport();
            }
        }
    }

    private static String upgrade(String protocol) {
        return "GET /chat HTTP/1.1\r\nHost: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: " + protocol + "\r\n\r\n";
    }

    static Stream<Arguments> everyTunnelAndEnd() {
        return Stream.of(FunctionScheme.HTTP, FunctionScheme.HTTPS)
                .flatMap(scheme -> Arrays.stream(End.values()).map(end -> Arguments.of(scheme, end)));
    }

    private SchemeFunction accepting(FunctionScheme scheme, String first, Script script) throws IOException {
        return SchemeFunction.serving(scheme, failingWith(request -> {
            RawClient tunnel = request.switchProtocols(request.field("upgrade"), first);
            try {
                script.serve(tunnel);
            } finally {
                ended.countDown();
            }
        }));
    }

    private SchemeFunction echoing(FunctionScheme scheme) throws IOException {
        return accepting(scheme, "", tunnel -> tunnel.forwardTo(tunnel, Integer.MAX_VALUE));
    }

    private void assertFunctionSideEnds() throws InterruptedException {
        assertThat(ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    private static void assertAtRest(RunningWatchdog watchdog) throws Exception {
        watchdog.awaitIdle();
        assertThat(watchdog.metric("watchdog_upstream_connections")).isZero();
        // The only permit is free again.
        assertServes(watchdog, ClientProtocol.HTTP_1_1);
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP", "HTTPS"})
    void anUpgradeIsTunnelledInBothDirectionsAtOnce(FunctionScheme scheme) throws Exception {
        int pieces = 100;
        try (SchemeFunction function = echoing(scheme);
                RunningWatchdog watchdog = function.watchdog();
                RawClient client = watchdog.connect()) {
            assertThat(client.send(upgrade("websocket")).readHead())
                    .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                    .contains("\r\nUpgrade: websocket\r\n", "\r\nX-Chosen: c\r\n")
                    .containsOnlyOnce("Connection: Upgrade\r\n")
                    .doesNotContainIgnoringCase("content-length")
                    .doesNotContainIgnoringCase("transfer-encoding");
            for (int i = 10; i < 30; i++) {
                assertThat(client.send("<" + i + ">").read(4)).isEqualTo("<" + i + ">");
            }
            CompletableFuture<Void> sent = CompletableFuture.runAsync(
                    () -> client.sendTimes("0123456789".repeat(10_000).getBytes(StandardCharsets.ISO_8859_1), pieces));
            for (int i = 0; i < pieces; i++) {
                assertThat(client.read(100_000)).isEqualTo("0123456789".repeat(10_000));
            }
            sent.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP", "HTTPS"})
    void bytesBehindTheHeadsInTheSameSegmentAreForwarded(FunctionScheme scheme) throws Exception {
        try (SchemeFunction function =
                        accepting(scheme, "first words", tunnel -> tunnel.forwardTo(tunnel, Integer.MAX_VALUE));
                RunningWatchdog watchdog = function.watchdog();
                RawClient client = watchdog.connect()) {
            // Pipelined behind another request, which is served first.
            client.send("GET /ok HTTP/1.1\r\nHost: h\r\n\r\n" + UPGRADE + "too early");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ").endsWith("fine");
            assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
            assertThat(client.read(20)).isEqualTo("first wordstoo early");
            assertThat(client.send("more").read(4)).isEqualTo("more");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP", "HTTPS"})
    void theBodyOfAnUpgradeRequestPrecedesTheTunnel(FunctionScheme scheme) throws Exception {
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {
                    String body = request.readBody().text();
                    RawClient tunnel = request.switchProtocols("own/1", "<" + body + ">");
                    tunnel.forwardTo(tunnel, Integer.MAX_VALUE);
                }));
                RunningWatchdog watchdog = function.watchdog();
                RawClient client = watchdog.connect()) {
            client.send(
                    "POST /chat HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: own/1\r\nContent-Length: 4\r\n\r\nbody"
                            + "early");

            assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
            assertThat(client.read(11)).isEqualTo("<body>early");
            assertThat(client.send("more").read(4)).isEqualTo("more");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP", "HTTPS"})
    void bytesThatTheClientSendsBeforeTheFunctionAcceptsAreForwarded(FunctionScheme scheme) throws Exception {
        CountDownLatch accept = new CountDownLatch(1);
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {
                    accept.await();
                    RawClient tunnel = request.switchProtocols("own/1", "");
                    tunnel.forwardTo(tunnel, Integer.MAX_VALUE);
                }));
                RunningWatchdog watchdog = function.watchdog();
                RawClient client = watchdog.connect()) {
            client.send(UPGRADE).send("one").send("two");
            accept.countDown();

            assertThat(client.readHead()).startsWith("HTTP/1.1 101 ");
            assertThat(client.send("three").read(11)).isEqualTo("onetwothree");
        }
    }

    @ParameterizedTest
    @CsvSource({"HTTP, true", "HTTPS, true", "HTTP, false", "HTTPS, false"})
    void aSideThatDoesNotReadStopsTheOtherAndLosesNothing(FunctionScheme scheme, boolean toFunction) throws Exception {
        int limit = 64 << 20;
        CompletableFuture<RawClient> accepted = new CompletableFuture<>();
        CountDownLatch done = new CountDownLatch(1);
        try (SchemeFunction function = accepting(scheme, "", tunnel -> {
                    accepted.complete(tunnel);
                    done.await();
                });
                RunningWatchdog watchdog = function.watchdog();
                RawClient client = watchdog.connect()) {
            client.send(UPGRADE).readHead();
            RawClient tunnel = accepted.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            RawClient sender = toFunction ? client : tunnel;
            RawClient receiver = toFunction ? tunnel : client;
            // It goes on, up to the limit, when the other side reads.
            assertThat(sender.sendUntilBlocked(limit)).isLessThan(limit);

            for (int received = 0; received < limit; received += 1 << 20) {
                assertThat(receiver.read(1 << 20)).hasSize(1 << 20);
            }
            receiver.send("all of it");
            assertThat(sender.read(9)).isEqualTo("all of it");
            done.countDown();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP", "HTTPS"})
    void whatTheClientSentBeforeItsHalfCloseArrivesAndIsAnswered(FunctionScheme scheme) throws Exception {
        try (SchemeFunction function = accepting(scheme, "", tunnel -> {
                    tunnel.send("got " + tunnel.readToEnd());
                    tunnel.close();
                });
                RunningWatchdog watchdog = function.watchdog("max_inflight", "1")) {
            try (RawClient client = watchdog.connect()) {
                client.send(UPGRADE).readHead();
                client.send("my last words");
                client.socket().shutdownOutput();

                assertThat(client.readToEnd()).isEqualTo("got my last words");
            }
            assertAtRest(watchdog);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP", "HTTPS"})
    void whatBothSidesSentBeforeTheFunctionsHalfCloseArrives(FunctionScheme scheme) throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        CompletableFuture<String> received = new CompletableFuture<>();
        try (SchemeFunction function = accepting(scheme, "", tunnel -> {
                    sent.await();
                    tunnel.send("bye");
                    tunnel.socket().shutdownOutput();
                    received.complete(tunnel.readToEnd());
                });
                RunningWatchdog watchdog = function.watchdog("max_inflight", "1");
                RawClient client = watchdog.connect()) {
            client.send(UPGRADE).readHead();
            client.send("my last words");
            sent.countDown();

            assertThat(client.readToEnd()).isEqualTo("bye");
            assertThat(received.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("my last words");
            assertAtRest(watchdog);
        }
    }

    /** Proves specification 7.2. */
    @ParameterizedTest
    @MethodSource("everyTunnelAndEnd")
    void aClientThatEndsEndsTheFunctionsSideAndReleasesThePermit(FunctionScheme scheme, End end) throws Exception {
        try (SchemeFunction function = echoing(scheme);
                RunningWatchdog watchdog = function.watchdog("max_inflight", "1")) {
            try (RawClient client = watchdog.connect()) {
                client.send(UPGRADE).readHead();
                assertThat(client.send("here").read(4)).isEqualTo("here");
                assertThat(watchdog.get("/ok").statusCode()).isEqualTo(429);

                end.of(client);
                assertFunctionSideEnds();
            }
            assertAtRest(watchdog);
            assertThat(watchdog.log().awaitLine(" 101 ")).contains("GET /chat - 101 Switching Protocols");
        }
    }

    /** Proves specification 7.2. */
    @ParameterizedTest
    @MethodSource("everyTunnelAndEnd")
    void aFunctionThatEndsEndsTheClientsSideAndReleasesThePermit(FunctionScheme scheme, End end) throws Exception {
        CountDownLatch left = new CountDownLatch(1);
        try (SchemeFunction function = accepting(scheme, "bye", tunnel -> {
                    tunnel.read(4);
                    end.of(tunnel);
                    left.await();
                });
                RunningWatchdog watchdog = function.watchdog("max_inflight", "1");
                RawClient client = watchdog.connect()) {
            client.send(UPGRADE).readHead();
            assertThat(client.read(3)).isEqualTo("bye");
            client.send("go!!");

            assertThat(client.closedByPeer()).isTrue();
            assertAtRest(watchdog);
            left.countDown();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP", "HTTPS"})
    void anIdleTunnelOutlivesAllTimeouts(FunctionScheme scheme) throws Exception {
        try (SchemeFunction function = echoing(scheme);
                RunningWatchdog watchdog =
                        function.watchdog("exec_timeout", "1s", "read_timeout", "1s", "write_timeout", "1s");
                RawClient client = watchdog.connect()) {
            client.send(UPGRADE).readHead();
            // Twice as long as each of the timeouts.
            assertThat(ended.await(2, TimeUnit.SECONDS)).isFalse();

            assertThat(client.send("still here").read(10)).isEqualTo("still here");
        }
    }

    /** Proves specification 7.9. */
    @ParameterizedTest
    @EnumSource(names = {"HTTP", "HTTPS"})
    void aDrainWaitsForATunnelWhichGoesOnUntilItEnds(FunctionScheme scheme) throws Exception {
        try (SchemeFunction function = echoing(scheme);
                RunningWatchdog watchdog = function.watchdog("write_timeout", "50s")) {
            CompletableFuture<Integer> status;
            try (RawClient client = watchdog.connect()) {
                client.send(UPGRADE).readHead();
                status = CompletableFuture.supplyAsync(() -> watchdog.stop(Shutdown.Cause.SIGTERM));
                watchdog.log().awaitLine("draining: 1 request");
                assertThat(client.send("still here").read(10)).isEqualTo("still here");
                assertThat(status).isNotDone();
            }
            assertThat(status.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isZero();
            assertFunctionSideEnds();
        }
    }

    /** Proves specification 7.9. */
    @ParameterizedTest
    @EnumSource(names = {"HTTP", "HTTPS"})
    void theEndOfADrainEndsBothSidesOfATunnel(FunctionScheme scheme) throws Exception {
        try (SchemeFunction function = echoing(scheme);
                RunningWatchdog watchdog = function.watchdog("write_timeout", "1s");
                RawClient client = watchdog.connect()) {
            client.send(UPGRADE).readHead();

            assertThat(watchdog.stop(Shutdown.Cause.SIGTERM)).isZero();
            assertThat(client.closedByPeer()).isTrue();
            assertFunctionSideEnds();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anUpgradeThatAFunctionRefusesIsServedAsAnyOtherRequest(FunctionScheme scheme) throws Exception {
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {
                    String asked = request.field("connection") + ":" + request.field("upgrade");
                    request.respond(426, asked + ":" + request.readBody().text());
                }));
                RunningWatchdog watchdog = function.watchdog();
                RawClient client = watchdog.connect()) {
            String asked = scheme == FunctionScheme.H2C ? ":" : "Upgrade:own/1";
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(UPGRADE).readResponse())
                        .startsWith("HTTP/1.1 426 ")
                        .endsWith("\r\n\r\n" + asked + ":");
                client.send(
                        "POST / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: own/1\r\nContent-Length: 4\r\n\r\nbody");
                assertThat(client.readResponse()).startsWith("HTTP/1.1 426 ").endsWith("\r\n\r\n" + asked + ":body");
            }
            assertThat(function.connections()).isEqualTo(1);
        }
    }

    /** Proves specification 9.2. */
    @ParameterizedTest
    @EnumSource
    void neitherAnUpgradeToHttp2NorOneOfHttp10IsForwarded(FunctionScheme scheme) throws Exception {
        try (SchemeFunction function = SchemeFunction.serving(
                        scheme, failingWith(request -> request.respond(200, "<" + request.field("upgrade") + ">")));
                RunningWatchdog watchdog = function.watchdog();
                RawClient client = watchdog.connect()) {
            assertThat(client.send(upgrade("h2c")).readResponse())
                    .startsWith("HTTP/1.1 200 ")
                    .endsWith("<>");
            String both = scheme == FunctionScheme.H2C ? "<>" : "<own/1>";
            assertThat(client.send(upgrade("h2c, own/1")).readResponse()).endsWith(both);
            assertThat(client.send(UPGRADE.replace("HTTP/1.1", "HTTP/1.0")).readResponse())
                    .endsWith("<>");
        }
    }

    /** Proves specification 9.11. */
    @ParameterizedTest
    @EnumSource
    void anUpgradeFieldOfAnHttp2ClientResetsItsStreamAloneAndIsNotForwarded(FunctionScheme scheme) throws Exception {
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {}));
                RunningWatchdog watchdog = function.watchdog();
                SentRequest client = ClientProtocol.HTTP_2.connect(watchdog)) {
            client.send("GET", "/chat", "connection: upgrade", "upgrade: own/1");
            assertThat(catchThrowable(client::status))
                    .isInstanceOf(EOFException.class)
                    .hasMessage("reset");

            assertThat(client.get("/ok").status()).isEqualTo(200);
            assertThat(function.requests()).isEqualTo(1);
        }
    }

    /** Proves specification 3.40. */
    @ParameterizedTest
    @EnumSource
    void a101ThatNobodyAskedForIs500(FunctionScheme scheme) throws Exception {
        try (SchemeFunction function =
                        SchemeFunction.serving(scheme, failingWith(request -> request.interim(101, "x-a: b")));
                RunningWatchdog watchdog = function.watchdog()) {
            for (ClientProtocol protocol : ClientProtocol.values()) {
                try (SentRequest client = protocol.connect(watchdog).get("/chat")) {
                    assertThat(client.status()).isEqualTo(500);
                }
                assertServes(watchdog, protocol);
            }
        }
    }
}
