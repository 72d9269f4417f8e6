package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http1Conversation;
import dev.fnwatchdog.undertow.fixture.Http1Corpus;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.fixture.SeededRounds;
import dev.fnwatchdog.undertow.fixture.StreamMutator;
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
 * Responses that are changed at random reach the client well-formed, or the client sees that they were broken off.
 * Proves specification 3.29, 3.41.
 */
class MutatedResponsesTest {
    private static final Duration SHORT = Duration.ofSeconds(9);
    private static final Duration NIGHTLY = Duration.ofSeconds(100);
    private static final int PATIENCE_MILLIS = 5_000;
    // On average one round in this many waits until the watchdog is idle.
    private static final int IDLE_CHECKS = 8;
    private static final String NEXT = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext";
    private static final List<Http1Corpus.Case> RESPONSES = Http1Corpus.responses();

    private static ScriptedFunction function;
    private static RunningWatchdog watchdog;
    private static volatile Misbehaviour misbehaviour = new Misbehaviour(List.of(), true);

    /** What the function sends, and whether it then closes the connection. */
    private record Misbehaviour(List<String> pieces, boolean closes) {}

    @BeforeAll
    static void start() throws Exception {
        function = ScriptedFunction.serving(MutatedResponsesTest::misbehave);
        // Many mutated responses never end: exec_timeout ends them.
        watchdog = RunningWatchdog.inFrontOf(function, "exec_timeout", "150ms");
    }

    @AfterAll
    static void stop() throws Exception {
        watchdog.close();
        function.close();
    }

    private static void misbehave(RawClient connection) throws Exception {
        while (true) {
            if (!connection.readHead().contains(" /case ")) {
                connection.send(NEXT);
                continue;
            }
            for (String piece : misbehaviour.pieces()) {
                connection.send(piece);
            }
            if (misbehaviour.closes()) {
                return;
            }
        }
    }

    /** Proves specification 3.29, 3.41. */
    @Test
    @Timeout(60)
    void mutatedResponsesReachTheClientWellFormedOrBrokenOff() {
        SeededRounds.run("mutated responses", SHORT, MutatedResponsesTest::response);
    }

    @Tag("nightly")
    @Test
    @Timeout(200)
    void mutatedResponsesReachTheClientWellFormedOrBrokenOffInALongRun() {
        SeededRounds.run("mutated responses", NIGHTLY, MutatedResponsesTest::response);
    }

    private static void response(SplittableRandom random) throws Exception {
        StreamMutator mutator = new StreamMutator(random);
        String bytes = mutator.mutate(mutator.pick(RESPONSES).bytes());
        // Bytes behind a response that arrive after the next request was sent cannot be distinguished from its
        // response.
        boolean inOnePiece = random.nextBoolean();
        List<String> pieces = inOnePiece ? List.of(bytes) : mutator.split(bytes);
        misbehaviour = new Misbehaviour(pieces, random.nextInt(16) > 0);
        String method = random.nextInt(5) == 0 ? "HEAD" : "GET";
        Http1Conversation got = Http1Conversation.with(
                watchdog.port(),
                List.of(method + " /case HTTP/1.1\r\nHost: h\r\n\r\n"
                        + "GET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"),
                PATIENCE_MILLIS);
        if (random.nextInt(IDLE_CHECKS) == 0) {
            watchdog.awaitIdle();
        }
        try {
            assertThat(got.closed()).as("closed at the end").isTrue();
            StrictResponses responses = StrictResponses.in(got.received(), true, List.of(method, "GET"));
            assertThat(responses.fault()).isEmpty();
            assertThat(responses.whole()).hasSizeLessThanOrEqualTo(2);
            assertThat(responses.whole().stream().skip(1))
                    .allMatch(next -> !inOnePiece || next.body().equals("next") || next.status() >= 500);
        } catch (AssertionError e) {
            throw new AssertionError(
                    StreamMutator.printable(bytes) + "\n--- got\n" + StreamMutator.printable(got.received()), e);
        }
    }
}
