package dev.fnwatchdog.undertow.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http1Conversation;
import dev.fnwatchdog.undertow.fixture.Http1Corpus;
import dev.fnwatchdog.undertow.fixture.Http1Exchange;
import dev.fnwatchdog.undertow.fixture.RecordingUpstream;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.SeededRounds;
import dev.fnwatchdog.undertow.fixture.StreamMutator;
import dev.fnwatchdog.undertow.fixture.StrictReader;
import dev.fnwatchdog.undertow.fixture.StrictRequests;
import dev.fnwatchdog.undertow.fixture.StrictResponses;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Requests that are changed at random reach the function as a strict reader reads them, or not at all. Proves
 * specification 7.15, 7.17.
 */
class MutatedRequestsTest {
    private static final Duration SHORT = Duration.ofSeconds(9);
    private static final Duration NIGHTLY = Duration.ofSeconds(100);
    private static final int PATIENCE_MILLIS = 5_000;
    // On average one round in this many waits until the watchdog is idle.
    private static final int IDLE_CHECKS = 8;
    private static final List<Http1Corpus.Case> REQUESTS = Http1Corpus.requests();

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

    /** Proves specification 7.15, 7.17. */
    @Test
    @Timeout(60)
    void mutatedRequestsReachTheFunctionAsAStrictReaderReadsThem() {
        SeededRounds.run("mutated requests", SHORT, MutatedRequestsTest::request);
    }

    @Tag("nightly")
    @Test
    @Timeout(200)
    void mutatedRequestsReachTheFunctionAsAStrictReaderReadsThemInALongRun() {
        SeededRounds.run("mutated requests", NIGHTLY, MutatedRequestsTest::request);
    }

    private static void request(SplittableRandom random) throws Exception {
        StreamMutator mutator = new StreamMutator(random);
        StringBuilder cases = new StringBuilder();
        for (int count = 1 + random.nextInt(3); count > 0; count--) {
            cases.append(mutator.pick(REQUESTS).bytes());
        }
        String bytes = mutator.mutate(cases.toString()) + Http1Conversation.LAST_REQUEST;
        StrictRequests sent = StrictRequests.in(bytes);
        // The client does not wait for a response to an incomplete request at the end, or for a close that it has not
        // asked for.
        int expected = staysOpen(sent) ? sent.whole().size() : Integer.MAX_VALUE;
        Http1Conversation got = Http1Conversation.with(
                watchdog.port(),
                mutator.split(bytes),
                PATIENCE_MILLIS,
                received -> responses(received, sent) >= expected);
        if (random.nextInt(IDLE_CHECKS) == 0) {
            watchdog.awaitIdle();
        }
        try {
            assertThat(got.closed() || expected < Integer.MAX_VALUE)
                    .as("closed at the end")
                    .isTrue();
            new Http1Exchange(sent, got, upstream.takeRequests(), upstream.takeFaults())
                    .assertNothingWasAddedOrMixedUp();
        } catch (AssertionError e) {
            throw new AssertionError(
                    StreamMutator.printable(bytes) + "\n--- got\n" + StreamMutator.printable(got.received()), e);
        }
    }

    private static boolean staysOpen(StrictRequests sent) {
        return sent.end() == StrictReader.End.INCOMPLETE || sent.end() == StrictReader.End.CLEAN;
    }

    /** Returns the number of responses other than refusals, behind which the connection closes. */
    private static long responses(String received, StrictRequests sent) {
        return StrictResponses.in(
                        received,
                        false,
                        sent.whole().stream()
                                .map(StrictRequests.Request::method)
                                .toList())
                .whole()
                .stream()
                .filter(response -> response.status() == 200)
                .count();
    }
}
