package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Http1Conversation;
import dev.fnwatchdog.undertow.fixture.Http1Corpus;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.fixture.StrictReader;
import dev.fnwatchdog.undertow.fixture.StrictResponses;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Valid and malformed responses: the client gets a well-formed response, or sees that it was broken off. Proves
 * specification 3.28, 3.29, 3.32, 3.33, 3.35, 3.41.
 */
class Http1ResponseCorpusTest {
    private static final int PATIENCE_MILLIS = 5_000;
    private static final String NEXT = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext";

    private static ScriptedFunction function;
    private static RunningWatchdog watchdog;
    private static volatile Http1Corpus.Case current = new Http1Corpus.Case(List.of("", "", "", ""), "");

    @BeforeAll
    static void start() throws Exception {
        function = ScriptedFunction.serving(Http1ResponseCorpusTest::serve);
        watchdog = RunningWatchdog.inFrontOf(function);
    }

    @AfterAll
    static void stop() throws Exception {
        watchdog.close();
        function.close();
    }

    private static void serve(RawClient connection) throws Exception {
        while (true) {
            String head = connection.readHead();
            if (!head.contains(" /case ")) {
                connection.send(NEXT);
            } else {
                connection.send(current.bytes());
                if (current.words().get(1).endsWith("closes")) {
                    return;
                }
            }
        }
    }

    static List<Http1Corpus.Case> responses() {
        return Http1Corpus.responses();
    }

    private static String method(Http1Corpus.Case one) {
        return one.words().get(1).replaceAll(",.*", "");
    }

    private static StrictResponses strictly(Http1Corpus.Case one) {
        // No further request was sent: bytes that follow are not part of the response.
        return StrictResponses.in(one.bytes(), one.words().get(1).endsWith("closes"), List.of(method(one)));
    }

    @ParameterizedTest
    @MethodSource("responses")
    void strictReaderAgreesWithTheVerdictOfEachCorpusResponse(Http1Corpus.Case one) {
        StrictResponses read = strictly(one);

        String verdict = !read.whole().isEmpty()
                ? "valid"
                : read.end() == StrictReader.End.MALFORMED ? "malformed" : "incomplete";
        assertThat(one.verdict().replace("lenient", "malformed"))
                .as(read.fault())
                .isEqualTo(verdict);
    }

    /** Proves specification 3.28, 3.29, 3.32, 3.33, 3.35, 3.41. */
    @ParameterizedTest
    @MethodSource("responses")
    void corpusResponseReachesTheClientWellFormedOrBrokenOffAndNeverMixesWithTheNext(Http1Corpus.Case one)
            throws Exception {
        current = one;
        String request = method(one) + " /case HTTP/1.1\r\nHost: h\r\n\r\n";
        String next = "GET /next HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
        Http1Conversation got = Http1Conversation.with(watchdog.port(), List.of(request + next), PATIENCE_MILLIS);
        watchdog.awaitIdle();

        assertThat(got.closed()).isTrue();
        StrictResponses responses = StrictResponses.in(got.received(), true, List.of(method(one), "GET"));
        assertThat(responses.fault()).isEmpty();
        if (one.verdict().equals("valid") || one.verdict().equals("lenient")) {
            assertForwarded(one, responses);
        } else {
            assertFailedOrBrokenOff(responses);
        }
    }

    private static void assertForwarded(Http1Corpus.Case one, StrictResponses got) {
        assertThat(got.whole()).hasSize(2);
        StrictResponses.Response forwarded = got.whole().get(0);
        if (one.verdict().equals("lenient")) {
            assertThat(forwarded)
                    .returns(200, StrictResponses.Response::status)
                    .returns("hello", StrictResponses.Response::body);
        } else {
            StrictResponses.Response sent = strictly(one).whole().get(0);
            assertThat(forwarded)
                    .returns(sent.status(), StrictResponses.Response::status)
                    .returns(sent.body(), StrictResponses.Response::body);
            assertThat(StrictReader.values(forwarded.fields(), "A"))
                    .isEqualTo(
                            StrictReader.lists(sent.fields(), "Connection", "a")
                                    ? List.of()
                                    : StrictReader.values(sent.fields(), "A"));
        }
        assertThat(got.whole().get(1).body()).isEqualTo("next");
    }

    private static void assertFailedOrBrokenOff(StrictResponses got) {
        if (got.whole().isEmpty()) {
            assertThat(got.end()).isEqualTo(StrictReader.End.INCOMPLETE);
        } else {
            assertThat(got.whole().get(0).status()).isEqualTo(500);
            assertThat(got.whole().stream().skip(1))
                    .allMatch(response -> response.body().equals("next"));
        }
    }
}
