package dev.fnwatchdog.undertow.internal.proxy;

import static dev.fnwatchdog.undertow.internal.proxy.EverySchemeFailureTest.assertServes;
import static dev.fnwatchdog.undertow.internal.proxy.EverySchemeFailureTest.failingWith;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.ClientProtocol;
import dev.fnwatchdog.undertow.fixture.FunctionScheme;
import dev.fnwatchdog.undertow.fixture.Http2Streams;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.SchemeFunction;
import dev.fnwatchdog.undertow.fixture.SentRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a function of each scheme can respond, as clients of each version of HTTP see it. Proves specification 3.49. */
@Timeout(60)
class EverySchemeResponseTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String PIECE = "p".repeat(10_000);

    static Stream<Arguments> everySchemeAndProtocol() {
        return EverySchemeFailureTest.everySchemeAndProtocol();
    }

    static Stream<Arguments> everyBodilessResponse() {
        return everySchemeAndProtocol()
                .flatMap(pair -> Stream.of("HEAD 200", "GET 204", "GET 304", "HEAD 404", "GET 200")
                        .map(kind -> Arguments.of(pair.get()[0], pair.get()[1], kind)));
    }

    /** Proves specification 3.28. */
    @ParameterizedTest
    @MethodSource("everyBodilessResponse")
    void aResponseWithoutABodyEndsWithItsHead(FunctionScheme scheme, ClientProtocol protocol, String kind)
            throws Exception {
        String method = kind.substring(0, kind.indexOf(' '));
        int status = Integer.parseInt(kind.substring(kind.indexOf(' ') + 1));
        boolean keepsLength = method.equals("HEAD") || status == 304;
        try (SchemeFunction function = SchemeFunction.serving(
                        scheme,
                        failingWith(request ->
                                request.headAlone(status, keepsLength ? "content-length: 9" : "x-b: c", "x-a: b")));
                RunningWatchdog watchdog = function.watchdog();
                SentRequest client = protocol.connect(watchdog)) {
            for (int i = 0; i < 2; i++) {
                assertThat(client.send(method, "/a").status()).isEqualTo(status);
                assertThat(client.field("x-a")).isEqualTo("b");
                assertThat(client.field("content-length"))
                        .isEqualTo(keepsLength ? "9" : length(status, scheme, protocol));
                assertThat(client.body().text()).isEmpty();
            }
            assertThat(function.connections()).isEqualTo(1);
        }
    }

    private static String length(int status, FunctionScheme scheme, ClientProtocol protocol) {
        boolean absent = status == 204 || (scheme == FunctionScheme.H2C && protocol == ClientProtocol.HTTP_2);
        return absent ? "" : "0";
    }

    /** Proves specification 3.29, 3.30. */
    @ParameterizedTest
    @MethodSource("everySchemeAndProtocol")
    void interimResponsesPrecedeTheFinalOne(FunctionScheme scheme, ClientProtocol protocol) throws Exception {
        CountDownLatch taken = new CountDownLatch(1);
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {
                    request.interim(103, "link: </a>");
                    taken.await();
                    request.respond(201, "made");
                }));
                RunningWatchdog watchdog = function.watchdog();
                SentRequest client = protocol.connect(watchdog).get("/a")) {
            assertThat(client.interim()).isEqualTo(103);
            assertThat(client.interims()).singleElement().asString().contains("</a>");
            taken.countDown();
            assertThat(client.status()).isEqualTo(201);
            assertThat(client.body().text()).isEqualTo("made");
        }
    }

    /** Proves specification 3.30. */
    @ParameterizedTest
    @EnumSource
    void hintsToAnHttp2ClientThatDoesNotReadAreDropped(FunctionScheme scheme) throws Exception {
        // More frames than these would end an HTTP/2 connection of the function.
        int hints = 12_000;
        CountDownLatch sent = new CountDownLatch(1);
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {
                    for (int i = 0; i < hints; i++) {
                        // Each of its own: HPACK makes a few bytes of a repeated field.
                        request.interim(103, "x-long: " + i + PIECE.substring(0, 2000));
                    }
                    sent.countDown();
                    request.respond(200, "fine");
                }));
                RunningWatchdog watchdog = function.watchdog();
                Http2Streams client = Http2Streams.withoutFlowControl(watchdog)) {
            int stream = client.get("/a");
            assertThat(sent.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

            int received = 0;
            while (client.head(stream).contains(":status: 103")) {
                received++;
            }
            assertThat(client.body(stream)).isEqualTo("fine");
            assertThat(received).isBetween(1, hints * 3 / 4);
        }
    }

    /** Proves specification 3.21. */
    @ParameterizedTest
    @MethodSource("everySchemeAndProtocol")
    void aClientThatExpectsA100GetsThatOfTheFunction(FunctionScheme scheme, ClientProtocol protocol) throws Exception {
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {
                    assertThat(request.field("expect")).isEqualTo("100-continue");
                    request.interim(100);
                    request.respond(200, request.readBody().text());
                }));
                RunningWatchdog watchdog = function.watchdog();
                SentRequest client = protocol.connect(watchdog)) {
            client.post("/a", "expect: 100-continue", "content-length: 4");
            assertThat(client.interim()).isEqualTo(100);
            client.data("body");
            client.end();
            assertThat(client.status()).isEqualTo(200);
            assertThat(client.body().text()).isEqualTo("body");
        }
    }

    /** Proves specification 3.18, 3.26. */
    @ParameterizedTest
    @MethodSource("everySchemeAndProtocol")
    void trailersPassInBothDirections(FunctionScheme scheme, ClientProtocol protocol) throws Exception {
        CompletableFuture<String> received = new CompletableFuture<>();
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {
                    received.complete(request.readBody().toString());
                    request.head(200, "content-type: a/b");
                    request.data("text");
                    request.end("x-end: 2");
                }));
                RunningWatchdog watchdog = function.watchdog();
                SentRequest client = protocol.connect(watchdog).post("/a", "te: trailers")) {
            client.data("abc").end("x-sum: 1");
            assertThat(client.status()).isEqualTo(200);
            assertThat(received.get(10, TimeUnit.SECONDS)).contains("text=abc", "whole=true", "[x-sum: 1]");
            assertThat(client.body().toString()).contains("text=text", "whole=true", "[x-end: 2]");
        }
    }

    /** Proves specification 3.16, 3.24. */
    @ParameterizedTest
    @MethodSource("everySchemeAndProtocol")
    void eachPieceIsForwardedWhileBothSidesStillSend(FunctionScheme scheme, ClientProtocol protocol) throws Exception {
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {
                    request.head(200, "content-type: a/b");
                    for (int i = 0; i < 50; i++) {
                        request.data("<" + request.read(2) + ">");
                    }
                    request.readBody();
                    request.end();
                }));
                RunningWatchdog watchdog = function.watchdog();
                SentRequest client = protocol.connect(watchdog).post("/a")) {
            assertThat(client.status()).isEqualTo(200);
            for (int i = 10; i < 60; i++) {
                assertThat(client.data("" + i).read(4)).isEqualTo("<" + i + ">");
            }
            client.end();
            assertThat(client.body().whole()).isTrue();
        }
    }

    /** Proves specification 3.46. */
    @ParameterizedTest
    @MethodSource("everySchemeAndProtocol")
    void anEarlyResponseReachesTheClientThoughTheFunctionClosesBehindItAndBreaksTheUpload(
            FunctionScheme scheme, ClientProtocol protocol) throws Exception {
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {
                    request.read(1);
                    request.respond(413, "big");
                    request.closeConnection();
                }));
                RunningWatchdog watchdog = function.watchdog()) {
            for (int i = 0; i < 5; i++) {
                try (SentRequest client = protocol.connect(watchdog).post("/a")) {
                    CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendUntilFailure(client));
                    assertThat(client.status()).isEqualTo(413);
                    assertThat(client.body().text()).isEqualTo("big");
                    client.close();
                    assertThat(sending).failsWithin(PATIENCE);
                }
            }
            assertServes(watchdog, protocol);
        }
    }

    private static void sendUntilFailure(SentRequest client) {
        try {
            while (true) {
                client.data(PIECE);
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
