package dev.fnwatchdog.undertow.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http1Conversation;
import dev.fnwatchdog.undertow.fixture.Http1Corpus;
import dev.fnwatchdog.undertow.fixture.Http1Exchange;
import dev.fnwatchdog.undertow.fixture.RecordingUpstream;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.StrictReader;
import dev.fnwatchdog.undertow.fixture.StrictRequests;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Requests of every kind, good and bad: the function sees those that a strict reader sees, and no others. */
class Http1RequestCorpusTest {
    private static final int PATIENCE_MILLIS = 5_000;
    private static final int SILENCE_MILLIS = 100;
    private static final String MAY_BE_REFUSED = ", may be refused";

    private static RecordingUpstream upstream;
    private static RunningWatchdog watchdog;

    @BeforeAll
    static void start() throws Exception {
        upstream = RecordingUpstream.start();
        watchdog = RunningWatchdog.inFrontOf(upstream.function());
    }

    @AfterAll
    static void stop() throws Exception {
        watchdog.close();
        upstream.close();
    }

    static List<Http1Corpus.Case> requests() {
        return Http1Corpus.requests();
    }

    @ParameterizedTest
    @MethodSource("requests")
    void theStrictReaderAgreesWithTheCorpus(Http1Corpus.Case one) {
        StrictRequests read = StrictRequests.in(one.bytes() + Http1Conversation.LAST_REQUEST);

        long count = read.whole().stream()
                .filter(request -> !request.target().equals("/last"))
                .count();
        String verdict = switch (read.end()) {
            case CLEAN, CLOSED -> "valid";
            case INCOMPLETE -> "incomplete";
            case MALFORMED -> "malformed";
        };
        assertThat(one.verdict().replace(MAY_BE_REFUSED, "")).as(read.fault()).isEqualTo(verdict + " " + count);
    }

    @ParameterizedTest
    @MethodSource("requests")
    void theFunctionSeesWhatAStrictReaderSees(Http1Corpus.Case one) throws Exception {
        String bytes = one.bytes() + Http1Conversation.LAST_REQUEST;
        StrictRequests sent = StrictRequests.in(bytes);
        boolean ends = sent.end() != StrictReader.End.INCOMPLETE;

        Http1Conversation conversation =
                Http1Conversation.with(watchdog.port(), List.of(bytes), ends ? PATIENCE_MILLIS : SILENCE_MILLIS);
        watchdog.awaitIdle();
        Http1Exchange exchange = new Http1Exchange(sent, conversation, upstream.takeRequests(), upstream.takeFaults());

        exchange.assertNothingWasAddedOrMixedUp();
        if (!one.verdict().endsWith(MAY_BE_REFUSED)) {
            assertThat(exchange.forwarded()).hasSameSizeAs(sent.whole());
        }
        assertThat(conversation.closed()).isEqualTo(ends);
    }
}
