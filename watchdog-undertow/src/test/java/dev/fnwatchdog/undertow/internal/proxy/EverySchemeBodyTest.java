package dev.fnwatchdog.undertow.internal.proxy;

import static dev.fnwatchdog.undertow.internal.proxy.EverySchemeFailureTest.assertServes;
import static dev.fnwatchdog.undertow.internal.proxy.EverySchemeFailureTest.failingWith;
import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.ClientProtocol;
import dev.fnwatchdog.undertow.fixture.FunctionScheme;
import dev.fnwatchdog.undertow.fixture.ReceivedRequest;
import dev.fnwatchdog.undertow.fixture.ReceivedRequest.Break;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.SchemeFunction;
import dev.fnwatchdog.undertow.fixture.SentRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies to and from functions of each scheme: large, slow, buffered and sent again. Proves specification 3.49. */
@Timeout(90)
class EverySchemeBodyTest {
    private static final String PIECE = "p".repeat(64 * 1024);
    private static final int PIECES = 512;
    private static final long LARGE = (long) PIECES * PIECE.length();
    private static final int STALLED_MILLIS = 700;

    /** Sends pieces one after the other. */
    private interface Sending {
        void send(String piece) throws IOException;
    }

    static Stream<Arguments> everySchemeAndProtocol() {
        return EverySchemeFailureTest.everySchemeAndProtocol();
    }

    private static void sendLarge(AtomicLong sent, Sending sending) {
        try {
            for (int i = 0; i < PIECES; i++) {
                sending.send(PIECE);
                sent.addAndGet(PIECE.length());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until a sender has stopped to make progress; fails where it ends. */
    private static void awaitStall(AtomicLong sent, CompletableFuture<?> sending) throws Exception {
        long before = -1;
        while (before < sent.get()) {
            before = sent.get();
            try {
                sending.get(STALLED_MILLIS, TimeUnit.MILLISECONDS);
                throw new AssertionError("all was sent: %d bytes".formatted(sent.get()));
            } catch (TimeoutException stalled) {
                // Looked at again.
            }
        }
    }

    /** Proves specification 3.24. */
    @ParameterizedTest
    @MethodSource("everySchemeAndProtocol")
    void aClientThatReadsSlowlyStopsTheFunction(FunctionScheme scheme, ClientProtocol protocol) throws Exception {
        AtomicLong sent = new AtomicLong();
        CompletableFuture<Void> done = new CompletableFuture<>();
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {
                    request.head(200, "content-type: a/b");
                    sendLarge(sent, request::data);
                    request.end();
                    done.complete(null);
                }));
                RunningWatchdog watchdog = function.watchdog("write_timeout", "60s");
                SentRequest client = protocol.connect(watchdog).get("/a")) {
            assertThat(client.status()).isEqualTo(200);
            awaitStall(sent, done);
            assertServes(watchdog, protocol);

            assertThat(client.skipBody()).isEqualTo(LARGE);
            done.get(10, TimeUnit.SECONDS);
        }
    }

    /** Proves specification 3.16. */
    @ParameterizedTest
    @MethodSource("everySchemeAndProtocol")
    void aFunctionThatReadsSlowlyStopsTheClient(FunctionScheme scheme, ClientProtocol protocol) throws Exception {
        AtomicLong sent = new AtomicLong();
        CountDownLatch mayRead = new CountDownLatch(1);
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {
                    mayRead.await();
                    request.respond(200, "" + request.skipBody());
                }));
                RunningWatchdog watchdog = function.watchdog("read_timeout", "60s");
                SentRequest client = protocol.connect(watchdog).post("/a")) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> sendLarge(sent, client::data));
            awaitStall(sent, sending);
            assertServes(watchdog, protocol);
            mayRead.countDown();
            sending.get(30, TimeUnit.SECONDS);
            client.end();

            assertThat(client.status()).isEqualTo(200);
            assertThat(client.body().text()).isEqualTo("" + LARGE);
        }
    }

    /** Proves specification 3.16, 3.17. */
    @ParameterizedTest
    @MethodSource("everySchemeAndProtocol")
    void aLargeBodyOfKnownLengthPassesInBothDirectionsAtOnce(FunctionScheme scheme, ClientProtocol protocol)
            throws Exception {
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {
                    request.head(200, "content-type: a/b", "content-length: " + request.field("content-length"));
                    for (int i = 0; i < PIECES; i++) {
                        request.data(request.read(PIECE.length()));
                    }
                    request.readBody();
                    request.end();
                }));
                RunningWatchdog watchdog = function.watchdog();
                SentRequest client = protocol.connect(watchdog).post("/a", "content-length: " + LARGE)) {
            CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
                sendLarge(new AtomicLong(), client::data);
                end(client);
            });
            assertThat(client.status()).isEqualTo(200);
            assertThat(client.field("content-length")).isEqualTo("" + LARGE);
            assertThat(client.skipBody()).isEqualTo(LARGE);
            sending.get(10, TimeUnit.SECONDS);
        }
    }

    private static void end(SentRequest client) {
        try {
            client.end();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Proves specification 3.19, 3.20. */
    @ParameterizedTest
    @MethodSource("everySchemeAndProtocol")
    void aBufferedBodyIsSentWithItsLengthAndWithoutTrailersWhenItIsComplete(
            FunctionScheme scheme, ClientProtocol protocol) throws Exception {
        CompletableFuture<String> received = new CompletableFuture<>();
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {
                    String expect = request.field("expect");
                    received.complete(request.field("content-length") + expect + request.readBody());
                    request.respond(200, "fine");
                }));
                RunningWatchdog watchdog = function.watchdog("http_buffer_req_body", "true");
                SentRequest client = protocol.connect(watchdog).post("/a", "expect: 100-continue")) {
            assertThat(client.interim()).isEqualTo(100);
            client.data(PIECE);
            assertThat(function.requests()).isZero();
            client.data("end").end("x-sum: 1");

            assertThat(client.status()).isEqualTo(200);
            assertThat(received.get(10, TimeUnit.SECONDS))
                    .startsWith(PIECE.length() + 3 + "Received[text=ppp")
                    .endsWith("end, whole=true, trailers=[]]");
        }
    }

    /** Proves specification 3.19. */
    @ParameterizedTest
    @MethodSource("everySchemeAndProtocol")
    void aClientThatDisconnectsWithinABufferedBodyCausesNoRequest(FunctionScheme scheme, ClientProtocol protocol)
            throws Exception {
        try (SchemeFunction function =
                        SchemeFunction.serving(scheme, failingWith(request -> request.respond(200, "")));
                RunningWatchdog watchdog = function.watchdog("http_buffer_req_body", "true")) {
            try (SentRequest client = protocol.connect(watchdog).post("/a").data(PIECE)) {
                client.disconnect();
            }
            watchdog.awaitIdle();

            assertServes(watchdog, protocol);
            assertThat(function.requests()).isEqualTo(1);
        }
    }

    /** Proves specification 3.42, and 3.51 for the connection of other streams. */
    @ParameterizedTest
    @MethodSource("everySchemeAndProtocol")
    void onlyAGetWhoseReusedConnectionEndsIsSentAgainAndNotOverHttp2(FunctionScheme scheme, ClientProtocol protocol)
            throws Exception {
        AtomicLong broken = new AtomicLong();
        try (SchemeFunction function =
                        SchemeFunction.serving(scheme, failingWith(request -> breakOnce(request, broken)));
                RunningWatchdog watchdog = function.watchdog()) {
            assertThat(statusAfterAnother(watchdog, protocol, client -> client.get("/break")))
                    .isEqualTo(scheme == FunctionScheme.H2C ? 500 : 200);
            broken.set(0);
            assertThat(statusAfterAnother(watchdog, protocol, client -> {
                        client.post("/break", "content-length: 0").end();
                    }))
                    .isEqualTo(500);
            assertServes(watchdog, protocol);
        }
    }

    private interface Request {
        void send(SentRequest client) throws IOException;
    }

    /** Sends a request behind another one of the same client, so that the function's connection is a used one. */
    private static int statusAfterAnother(RunningWatchdog watchdog, ClientProtocol protocol, Request request)
            throws IOException {
        try (SentRequest client = protocol.connect(watchdog)) {
            assertThat(client.get("/ok").status()).isEqualTo(200);
            client.body();
            request.send(client);
            return client.status();
        }
    }

    private static void breakOnce(ReceivedRequest request, AtomicLong broken) throws IOException {
        if (broken.getAndIncrement() == 0) {
            request.breakOff(Break.CLOSE);
        }
        request.respond(200, "again");
    }
}
