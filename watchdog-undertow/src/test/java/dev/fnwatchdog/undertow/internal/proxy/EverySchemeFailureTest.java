package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.ClientProtocol;
import dev.fnwatchdog.undertow.fixture.FunctionScheme;
import dev.fnwatchdog.undertow.fixture.MessageBody;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.ReceivedRequest;
import dev.fnwatchdog.undertow.fixture.ReceivedRequest.Break;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.SchemeFunction;
import dev.fnwatchdog.undertow.fixture.SentRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The ways in which a function of each scheme can fail, as clients of each version of HTTP see them. */
@Timeout(60)
class EverySchemeFailureTest {
    /** How a function fails before the head of a response is complete. */
    @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
    enum HeadFault {
        CLOSES_AT_ONCE(request -> request.breakOff(Break.CLOSE)),
        RESETS_AT_ONCE(request -> request.breakOff(Break.RESET)),
        CLOSES_WITHIN_HEAD(request -> {
            request.partOfHead();
            request.closeConnection();
        }),
        CLOSES_AFTER_INTERIM(request -> {
            request.interim(103, "link: </a>");
            request.closeConnection();
        }),
        RESETS_AFTER_INTERIM(request -> {
            request.interim(103, "link: </a>");
            request.breakOff(Break.RESET);
        }),
        MALFORMED(ReceivedRequest::malformedHead),
        TOO_LONG(request -> request.headOf(2 << 20));

        private final SchemeFunction.Script script;

        HeadFault(SchemeFunction.Script script) {
            this.script = script;
        }
    }

    /** How a function breaks a body off, of which a piece has been sent. */
    @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
    enum BodyFault {
        CLOSES(request -> request.breakOff(Break.CLOSE)),
        RESETS(request -> request.breakOff(Break.RESET)),
        MALFORMED(ReceivedRequest::malformedData);

        private final SchemeFunction.Script script;

        BodyFault(SchemeFunction.Script script) {
            this.script = script;
        }
    }

    static Stream<Arguments> everySchemeAndProtocol() {
        return Arrays.stream(FunctionScheme.values())
                .flatMap(scheme ->
                        Arrays.stream(ClientProtocol.values()).map(protocol -> Arguments.of(scheme, protocol)));
    }

    static Stream<Arguments> everyHeadFault() {
        return everySchemeAndProtocol()
                .flatMap(pair -> Arrays.stream(HeadFault.values())
                        .map(fault -> Arguments.of(pair.get()[0], pair.get()[1], fault)));
    }

    static Stream<Arguments> everyBodyFault() {
        return everySchemeAndProtocol()
                .flatMap(pair -> Arrays.stream(BodyFault.values())
                        .flatMap(fault -> Stream.of(true, false)
                                .map(length -> Arguments.of(pair.get()[0], pair.get()[1], fault, length))));
    }

    /** Responds to requests for /ok, and does what the test wants with others. */
    static SchemeFunction.Script failingWith(SchemeFunction.Script fault) {
        return request -> {
            if (request.path().equals("/ok")) {
                request.respond(200, "fine");
            } else {
                fault.serve(request);
            }
        };
    }

    static void assertServes(RunningWatchdog watchdog, ClientProtocol protocol) throws Exception {
        try (SentRequest next = protocol.connect(watchdog).get("/ok")) {
            assertThat(next.status()).isEqualTo(200);
            assertThat(next.body().text()).isEqualTo("fine");
        }
    }

    private static void assertFailed(SentRequest client) throws Exception {
        assertThat(client.status()).isEqualTo(500);
        assertThat(client.field("x-openfaas-internal")).isEqualTo("of-watchdog");
        assertThat(client.field("x-duration-seconds")).matches("\\d+\\.\\d{6}");
        assertThat(client.body().text()).isEmpty();
    }

    /** Sends the body, unless the response has ended the request before. */
    private static SentRequest upload(SentRequest request, String text) {
        try {
            return request.data(text);
        } catch (IOException responseFirst) {
            return request;
        }
    }

    /** Proves specification 3.32, 3.40, 3.49. */
    @ParameterizedTest
    @MethodSource("everyHeadFault")
    void aFunctionThatFailsBeforeItsHeadIs500AndTheNextRequestIsServed(
            FunctionScheme scheme, ClientProtocol protocol, HeadFault fault) throws Exception {
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(fault.script));
                RunningWatchdog watchdog = function.watchdog()) {
            try (SentRequest client = protocol.connect(watchdog)) {
                assertFailed(client.get("/fail"));
                assertFailed(upload(client.post("/fail", "content-length: 2"), "ab"));
            }

            assertServes(watchdog, protocol);
        }
    }

    /** Proves specification 3.35, 3.41. */
    @ParameterizedTest
    @MethodSource("everyBodyFault")
    void aFunctionThatFailsWithinItsBodyBreaksTheResponseOff(
            FunctionScheme scheme, ClientProtocol protocol, BodyFault fault, boolean length) throws Exception {
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {
                    request.head(200, "content-type: a/b", length ? "content-length: 9" : "x-a: b");
                    request.data("piece");
                    fault.script.serve(request);
                }));
                RunningWatchdog watchdog = function.watchdog()) {
            try (SentRequest client = protocol.connect(watchdog).get("/fail")) {
                assertThat(client.status()).isEqualTo(200);
                MessageBody.Received body = client.body();
                assertThat(body.whole()).isFalse();
                assertThat("piece").startsWith(body.text());
            }

            assertServes(watchdog, protocol);
        }
    }

    /** Proves specification 3.40. */
    @ParameterizedTest
    @MethodSource("everySchemeAndProtocol")
    void aFunctionThatRefusesConnectionsIs500(FunctionScheme scheme, ClientProtocol protocol) throws Exception {
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {}));
                RunningWatchdog watchdog = function.watchdog();
                SentRequest client = protocol.connect(watchdog)) {
            function.stopAccepting();

            assertFailed(client.get("/ok"));
            assertFailed(upload(client.post("/ok", "content-length: 2"), "ab"));
            watchdog.log().awaitLine("cannot be reached: Connection refused");
        }
    }

    /** Proves specification 3.37. */
    @ParameterizedTest
    @MethodSource("everySchemeAndProtocol")
    void aFunctionThatHangsIs504AndLosesItsRequest(FunctionScheme scheme, ClientProtocol protocol) throws Exception {
        CountDownLatch aborted = new CountDownLatch(2);
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {
                    if (request.awaitAbort()) {
                        aborted.countDown();
                    }
                }));
                RunningWatchdog watchdog = function.watchdog("exec_timeout", "500ms")) {
            try (SentRequest client = protocol.connect(watchdog)) {
                assertThat(client.get("/hang").status()).isEqualTo(504);
                assertThat(client.body().text()).isEmpty();
            }
            try (SentRequest client = protocol.connect(watchdog)) {
                assertThat(client.post("/hang", "content-length: 9")
                                .data("part")
                                .status())
                        .isEqualTo(504);
            }
            assertThat(aborted.await(10, TimeUnit.SECONDS)).isTrue();

            assertServes(watchdog, protocol);
        }
    }

    /** Proves specification 3.39. */
    @ParameterizedTest
    @MethodSource("everySchemeAndProtocol")
    void execTimeoutAfterTheFirstByteBreaksTheResponseOff(FunctionScheme scheme, ClientProtocol protocol)
            throws Exception {
        CountDownLatch aborted = new CountDownLatch(1);
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {
                    request.head(200, "content-type: a/b");
                    request.data("piece");
                    if (request.awaitAbort()) {
                        aborted.countDown();
                    }
                }));
                RunningWatchdog watchdog = function.watchdog("exec_timeout", "2s")) {
            try (SentRequest client = protocol.connect(watchdog).get("/hang")) {
                assertThat(client.status()).isEqualTo(200);
                assertThat(client.read(5)).isEqualTo("piece");
                assertThat(client.body().whole()).isFalse();
            }
            assertThat(aborted.await(10, TimeUnit.SECONDS)).isTrue();

            assertServes(watchdog, protocol);
        }
    }

    /** Proves specification 3.45. */
    @ParameterizedTest
    @MethodSource("everySchemeAndProtocol")
    void aClientThatDisconnectsAbortsItsRequestBeforeAndWithinTheResponse(
            FunctionScheme scheme, ClientProtocol protocol) throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch aborted = new CountDownLatch(2);
        try (SchemeFunction function = SchemeFunction.serving(scheme, failingWith(request -> {
                    if (request.path().equals("/within")) {
                        request.head(200, "content-type: a/b");
                        request.data("piece");
                    }
                    reached.countDown();
                    if (request.awaitAbort()) {
                        aborted.countDown();
                    }
                }));
                RunningWatchdog watchdog = function.watchdog("exec_timeout", "0")) {
            try (SentRequest before = protocol.connect(watchdog).get("/before")) {
                assertThat(reached.await(10, TimeUnit.SECONDS)).isTrue();
                before.disconnect();
            }
            try (SentRequest within = protocol.connect(watchdog).get("/within")) {
                assertThat(within.status()).isEqualTo(200);
                assertThat(within.read(5)).isEqualTo("piece");
                within.disconnect();
            }
            assertThat(aborted.await(10, TimeUnit.SECONDS)).isTrue();

            assertServes(watchdog, protocol);
        }
    }

    private static void awaitNoUpstreamConnection(RunningWatchdog watchdog, SchemeFunction function) throws Exception {
        try {
            Polling.until(Duration.ofSeconds(10), () -> watchdog.metric("watchdog_upstream_connections") == 0);
        } catch (AssertionError e) {
            throw new AssertionError(
                    "%s upstream connections are left of %d, after %d requests"
                            .formatted(
                                    watchdog.metric("watchdog_upstream_connections"),
                                    function.connections(),
                                    function.requests()),
                    e);
        }
    }

    /** Proves specification 3.42, 3.43. */
    @ParameterizedTest
    @MethodSource("everySchemeAndProtocol")
    void aConnectionThatTheFunctionHasClosedIsNotUsedAgain(FunctionScheme scheme, ClientProtocol protocol)
            throws Exception {
        try (SchemeFunction function = SchemeFunction.serving(scheme, request -> {
                    try {
                        request.respond(200, "fine");
                    } finally {
                        // Also where the client has its whole response, and leaves, before the stream has ended.
                        request.closeConnection();
                    }
                });
                RunningWatchdog watchdog = function.watchdog()) {
            for (int i = 1; i <= 5; i++) {
                assertServes(watchdog, protocol);
                awaitNoUpstreamConnection(watchdog, function);
                assertThat(function.connections()).isEqualTo(i);
            }
            assertThat(function.requests()).isEqualTo(5);
        }
    }
}
