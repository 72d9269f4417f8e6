package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Header fields of a function's response that are malformed, but do not frame the body, reach the client well-formed or
 * not at all. Proves specification 3.34.
 */
class RepairedResponseTest {
    private static ScriptedFunction function;
    private static RunningWatchdog watchdog;
    private static volatile String lines = "";

    @BeforeAll
    static void start() throws Exception {
        function = ScriptedFunction.serving(connection -> {
            while (true) {
                connection.readHead();
                connection.send("HTTP/1.1 200 OK\r\n" + lines + "Content-Length: 2\r\nX-Last: 1\r\n\r\nhi");
            }
        });
        watchdog = RunningWatchdog.inFrontOf(function);
    }

    @AfterAll
    static void stop() throws Exception {
        watchdog.close();
        function.close();
    }

    private static String forwarded(String malformed) throws IOException {
        lines = malformed;
        try (RawClient client = watchdog.connect()) {
            String first = client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").readResponse();
            assertThat(first)
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .containsOnlyOnce("\r\nContent-Length: 2\r\n")
                    .contains("\r\nX-Last: 1\r\n")
                    .endsWith("\r\n\r\nhi");
            // The connection to the function is in step.
            assertThat(client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n").readResponse())
                    .endsWith("\r\n\r\nhi");
            return first;
        }
    }

    /** Proves specification 3.34 for blanks. */
    @ParameterizedTest
    @ValueSource(strings = {"X-A : 1\r\n", "X-A \t : 1\r\n", "X-A\t:1\r\n", "X-A :1 \n"})
    void blanksBeforeAColonAreRemoved(String line) throws Exception {
        assertThat(forwarded(line)).contains("\r\nX-A: 1\r\n");
    }

    /** Proves specification 3.34 for folded lines. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "X-A: 1\\r\\n 2\\r\\n | 1 2",
                "X-A: 1\\r\\n\\t  2\\r\\n | 1 2",
                "X-A: 1 \\t\\r\\n \\t2\\r\\n 3\\r\\n | 1 2 3",
                "X-A:\\r\\n 2\\r\\n | 2",
                "X-A: 1\\r\\n \\r\\n | 1",
                "X-A: 1\\r\\n \\r\\n 2\\r\\n | 1 2",
                "X-A : 1\\r\\n 2\\r\\n | 1 2",
                "X-A: 1\\n 2\\n | 1 2",
                "X-A: 1\\r\\n Content-Length: 99\\r\\n | 1 Content-Length: 99",
                "X-A: 0\\r\\nX-A: 1\\r\\n 2\\r\\nX-A: 3\\r\\n | 1 2"
            })
    void foldedLineIsJoinedWithOneSpace(String written, String value) throws Exception {
        String sent = written.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t");
        assertThat(forwarded(sent)).contains("\r\nX-A: " + value + "\r\n");
    }

    /** Proves specification 3.34. */
    @Test
    void lastLineOfAHeadMayBeFolded() throws Exception {
        assertThat(parsed("HTTP/1.1 200 OK\r\nX-A: 1\r\n 2\r\n\r\n").headers().get("X-A"))
                .containsExactly("1 2");
    }

    /** Proves specification 3.34. */
    @Test
    void closeWithABlankBeforeItsColonEndsTheConnectionToTheFunction() throws Exception {
        forwarded("");
        int before = function.connections();
        forwarded("Connection : close\r\n");

        assertThat(function.connections() - before).isGreaterThanOrEqualTo(1);
        assertThat(forwarded("Connection : X-A\r\nX-A: 1\r\n")).doesNotContain("X-A");
    }

    /** Proves specification 3.34 for names. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "X A: 1\r\n",
                ": 1\r\n",
                "X(A): 1\r\n",
                "X\0A: 1\r\n",
                "X-\u00e4: 1\r\n",
                "\"X-A\": 1\r\n",
                "X A: 1\r\n folded\r\n",
                "X A: 1\r\n fol\tded: 2\r\n\tand more\r\n"
            })
    void fieldWhoseNameIsNotATokenIsDropped(String line) throws Exception {
        assertThat(forwarded(line).lines().filter(each -> !each.isEmpty()))
                .allMatch(each -> each.matches(
                        "(HTTP/1.1 |Content-Length: |Content-Type: |X-Last: |Date: |X-Duration-Seconds: |hi).*"));
    }

    /** Proves specification 3.34 for the warning. */
    @Test
    void warningNamesTheFirstFieldThatWasDroppedAndTheirNumber() throws Exception {
        ResponseHeadParser parser = parsed("HTTP/1.1 200 OK\r\nX A: 1\r\nX-B: 2\r\nY\"Z: 3\r\n: 4\r\n\r\n");

        assertThat(parser.warning())
                .isEqualTo("Dropped header fields of the function's response, because their names are not tokens: 3, "
                        + "the first is X A");
        assertThat(parser.headers().get("X-B")).containsExactly("2");
        parser.reset();
        assertThat(parser.warning()).isEmpty();
        assertThat(parsed("HTTP/1.1 200 OK\r\nX-A : 1\r\n 2\r\n\r\n").warning()).isEmpty();
    }

    /** Proves specification 3.34 for the log. */
    @Test
    void responseWithDroppedFieldsCausesOneWarningLine() throws Exception {
        forwarded("X A: 1\r\n: 2\r\n");

        watchdog.log()
                .awaitLine("Dropped header fields of the function's response, because their names are not tokens: 2, "
                        + "the first is X A");
    }

    @Test
    void droppedFieldsOfAnInterimResponseAreNoneOfTheFinalOne() throws Exception {
        ResponseHeadParser parser = parsed("HTTP/1.1 103 Early Hints\r\nX A: 1\r\n\r\n");
        parser.nextHead();
        parser.parse(ByteBuffer.wrap("HTTP/1.1 200 OK\r\nX-A: 1\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1)));

        assertThat(parser.warning()).isEmpty();
    }

    @Test
    void thousandsOfFoldedLinesAreJoinedInOneValue() throws Exception {
        HeaderMap headers = parsed("HTTP/1.1 200 OK\r\nX-A: 0\r\n" + " 1\r\n".repeat(100_000) + "X-B: 1\r\n\r\n")
                .headers();

        assertThat(List.copyOf(headers.get("X-A"))).containsExactly("0" + " 1".repeat(100_000));
    }

    private static ResponseHeadParser parsed(String head) throws IOException {
        ResponseHeadParser parser = new ResponseHeadParser();
        parser.reset();
        assertThat(parser.parse(ByteBuffer.wrap(head.getBytes(StandardCharsets.ISO_8859_1))))
                .isTrue();
        return parser;
    }
}
