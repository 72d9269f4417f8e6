package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.GrpcCall;
import dev.fnwatchdog.undertow.fixture.GrpcLanguage;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** gRPC through the packaged jar, with functions and clients on grpc-java and grpcio. Proves specification 3.49. */
@Timeout(60)
class GrpcIT {
    private static final Map<GrpcLanguage, PackagedWatchdog> STARTED = new EnumMap<>(GrpcLanguage.class);

    @AfterAll
    static void stop() {
        STARTED.values().forEach(PackagedWatchdog::close);
    }

    record Pairing(GrpcLanguage client, GrpcLanguage function) {
        /** Makes the calls through the watchdog that all tests of this function share. */
        List<String> call(GrpcCall call) throws Exception {
            PackagedWatchdog watchdog = STARTED.get(function);
            if (watchdog == null) {
                watchdog = inFrontOf(function).startReady();
                STARTED.put(function, watchdog);
            }
            return client.call(watchdog.port(), call);
        }

        @Override
        public String toString() {
            return "%s client, %s function".formatted(client, function);
        }
    }

    private static PackagedWatchdog.Builder inFrontOf(GrpcLanguage function) {
        int port = FreePort.any();
        return PackagedWatchdog.inFrontOf(
                function.function(port), port, "http_upstream_url", "h2c://127.0.0.1:" + port);
    }

    static Stream<Pairing> pairings() {
        return Stream.of(GrpcLanguage.values())
                .flatMap(client -> Stream.of(GrpcLanguage.values()).map(function -> new Pairing(client, function)));
    }

    @Retention(RetentionPolicy.RUNTIME)
    @ParameterizedTest(name = "{0}")
    @MethodSource("pairings")
    private @interface ForEachPairing {}

    /** Proves specification 3.49. */
    @ForEachPairing
    void unaryCallReturnsMessageAndBothKindsOfMetadataInHeadAndTrailers(Pairing pairing) throws Exception {
        assertThat(pairing.call(GrpcCall.UNARY))
                .containsExactly("hello", "head: a value, ff0001", "trailers: a value, ff0001");
    }

    /** Proves specification 3.49. */
    @ForEachPairing
    void messageOfThreeMegabytesComesBackUnchanged(Pairing pairing) throws Exception {
        assertThat(pairing.call(GrpcCall.LARGE)).containsExactly("the same");
    }

    /** Proves specification 3.49. */
    @ForEachPairing
    void eachMessageOfAClientStreamReachesTheFunction(Pairing pairing) throws Exception {
        assertThat(pairing.call(GrpcCall.UPLOAD)).containsExactly("1000 messages, 1000000 bytes");
    }

    /** The function sends a message only after the client has received the one before. Proves specification 3.24. */
    @ForEachPairing
    void eachMessageOfAServerStreamIsForwardedAtOnce(Pairing pairing) throws Exception {
        assertThat(pairing.call(GrpcCall.DOWNLOAD)).containsExactly("1", "2", "3", "4", "5");
    }

    /** Each side sends a message only after it has received the other's. Proves specification 3.49. */
    @ForEachPairing
    void messagesOfABidirectionalStreamAlternate(Pairing pairing) throws Exception {
        assertThat(pairing.call(GrpcCall.CONVERSATION)).containsExactly("<a>", "<b>", "<c>", "end");
    }

    /** Proves specification 3.49. */
    @ForEachPairing
    void failureBeforeTheFirstMessageKeepsItsCodeAndItsTextBeyondAscii(Pairing pairing) throws Exception {
        assertThat(pairing.call(GrpcCall.FAILURE)).containsExactly("NOT_FOUND: nicht da: ä, 100 %");
    }

    /** Proves specification 3.51. */
    @ForEachPairing
    void functionSeesThatTheClientHasCancelledAStream(Pairing pairing) throws Exception {
        assertThat(pairing.call(GrpcCall.CLIENT_CANCELS)).containsExactly("1", "the function has seen it");
    }

    /** Proves specification 3.51. */
    @ForEachPairing
    void clientSeesThatTheFunctionHasEndedAStreamToWhichItStillSends(Pairing pairing) throws Exception {
        assertThat(pairing.call(GrpcCall.FUNCTION_ENDS_EARLY))
                .containsExactly("the only message", "ABORTED: stopped by the function");
    }

    /** Proves specification 3.51. */
    @ForEachPairing
    void functionSeesThatTheDeadlineOfTheClientIsExceeded(Pairing pairing) throws Exception {
        assertThat(pairing.call(GrpcCall.DEADLINE)).containsExactly("DEADLINE_EXCEEDED", "the function has seen it");
    }

    /** The function responds when all of them have arrived. Proves specification 3.50. */
    @ForEachPairing
    void twoHundredCallsAreInFlightAtOnce(Pairing pairing) throws Exception {
        assertThat(pairing.call(GrpcCall.MANY)).containsExactly("200 met");
    }
}
