package dev.fnwatchdog.undertow.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.net.SocketException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What RFC 9112 calls malformed or ambiguous is refused and never forwarded. Proves specification 3.7, 7.13, 7.15,
 * 7.16, 7.18, 9.3.
 */
class MalformedRequestsTest {
    private static final String HOST = "Host: h\r\n";
    private static final String CHUNKED_BODY = "5\r\nhello\r\n0\r\n\r\n";

    /** Longer than the socket buffers of both sides: a server that does not read it would cut its own response off. */
    private static final String LONG_BODY = "x".repeat(4 * 1024 * 1024);

    private static ScriptedFunction function;
    private static RunningWatchdog watchdog;

    @BeforeAll
    static void start() throws Exception {
        function = ScriptedFunction.respondingWith("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi");
        watchdog = RunningWatchdog.inFrontOf(function);
    }

    @AfterAll
    static void stop() throws Exception {
        watchdog.close();
        function.close();
    }

    private static Arguments framing(String what, String lines, String body) {
        return arguments(what, "POST / HTTP/1.1\r\n" + HOST + lines + "\r\n" + body);
    }

    private static Arguments head(String what, String head) {
        return arguments(what, head + "\r\n");
    }

    static Stream<Arguments> malformedRequests() {
        return Stream.of(
                framing("both lengths", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", CHUNKED_BODY),
                framing("both, the other way", "Transfer-Encoding: chunked\r\nContent-Length: 15\r\n", CHUNKED_BODY),
                framing("two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n", "hello!"),
                framing("two lengths in one line", "Content-Length: 5, 6\r\n", "hello!"),
                framing("19 digits", "Content-Length: 0000000000000000005\r\n", "hello"),
                framing("20 digits that wrap around to 0", "Content-Length: 18446744073709551616\r\n", ""),
                framing("a length with a plus", "Content-Length: +5\r\n", "hello"),
                framing("a length with a minus", "Content-Length: -5\r\n", "hello"),
                framing("a length in hex", "Content-Length: 0x5\r\n", "hello"),
                framing("a length with a blank inside", "Content-Length: 1 5\r\n", "hello"),
                framing("an empty length", "Content-Length:\r\n", "hello"),
                framing("a length in other digits", "Content-Length: \u00b2\r\n", "hi"),
                framing("another coding", "Transfer-Encoding: gzip\r\n", "hello"),
                framing("a coding before chunked", "Transfer-Encoding: gzip, chunked\r\n", CHUNKED_BODY),
                framing("a coding after chunked", "Transfer-Encoding: chunked, identity\r\n", CHUNKED_BODY),
                framing("identity", "Transfer-Encoding: identity\r\n", "hello"),
                framing("identity and a length", "Transfer-Encoding: identity\r\nContent-Length: 5\r\n", "hello"),
                framing("not quite chunked", "Transfer-Encoding: xchunked\r\n", CHUNKED_BODY),
                framing("chunked in quotes", "Transfer-Encoding: \"chunked\"\r\n", CHUNKED_BODY),
                framing("chunked twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", CHUNKED_BODY),
                framing("an empty coding", "Transfer-Encoding:\r\n", CHUNKED_BODY),
                head("chunked in HTTP/1.0", "POST / HTTP/1.0\r\n" + HOST + "Transfer-Encoding: chunked\r\n"),
                framing("a blank before the colon", "Content-Length : 5\r\n", "hello"),
                framing("a tab before the colon", "Transfer-Encoding\t: chunked\r\n", CHUNKED_BODY),
                framing("a name with a blank", "Content Length: 5\r\n", "hello"),
                framing("a line without a name", ": 5\r\n", ""),
                framing("a line without a colon", "nothing\r\n", ""),
                framing("a name in brackets", "(a): b\r\n", ""),
                framing("a name outside ASCII", "n\u00e4me: b\r\n", ""),
                framing("a NUL in a value", "A: b\0c\r\n", ""),
                framing("a bell in a value", "A: b\7c\r\n", ""),
                framing("an escape in a value", "A: b\33[2J\r\n", ""),
                framing("a DEL in a value", "A: b\177c\r\n", ""),
                framing("a bare CR in a value", "A: b\rContent-Length: 5\r\n", ""),
                framing("a CR before the line end", "A: b\r\r\n", ""),
                framing("a bare LF after a value", "A: b\nContent-Length: 5\r\n", "hello"),
                framing("a NUL in a name", "A\0: b\r\n", ""),
                framing("a folded line", "A: b\r\n c\r\n", ""),
                framing("a folded coding", "Transfer-Encoding:\r\n chunked\r\n", CHUNKED_BODY),
                framing("a folded length", "Content-Length:\r\n\t5\r\n", "hello"),
                head("a blank before the first name", "GET / HTTP/1.1\r\n " + HOST),
                head("no Host", "GET / HTTP/1.1\r\n"),
                head("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n"),
                head("the same Host twice", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n"),
                head("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n"),
                head("a Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n"),
                head("a Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n"),
                arguments("LF only", "GET / HTTP/1.1\nHost: h\n\n"),
                head("two blanks in the request line", "GET  / HTTP/1.1\r\n" + HOST),
                head("a blank behind the version", "GET / HTTP/1.1 \r\n" + HOST),
                head("no version", "GET /\r\n" + HOST),
                head("HTTP/1.2 without Host", "GET / HTTP/1.2\r\n"),
                head("two digits of a minor version", "GET / HTTP/1.10\r\n" + HOST),
                head("a version that never was", "GET / HTTP/1.7x\r\n" + HOST),
                head("a version in small letters", "GET / http/1.1\r\n" + HOST),
                head("HTTP/2 without its preface", "GET / HTTP/2.0\r\n" + HOST),
                head("a method with a bracket", "GE(T / HTTP/1.1\r\n" + HOST),
                head("a NUL in the target", "GET /a\0b HTTP/1.1\r\n" + HOST),
                head("a tab in the target", "GET /a\tb HTTP/1.1\r\n" + HOST),
                head("a CR in the target", "GET /a\rb HTTP/1.1\r\n" + HOST),
                head("a DEL in the query", "GET /?a\177b HTTP/1.1\r\n" + HOST),
                head("half an escape", "GET /a%2 HTTP/1.1\r\n" + HOST),
                head("an escape that is none", "GET /a%zz?b=%20 HTTP/1.1\r\n" + HOST),
                head("a NUL in the query", "GET /?a\0b HTTP/1.1\r\n" + HOST),
                head("a tab in the query", "GET /?a\tb HTTP/1.1\r\n" + HOST),
                head("a CR in the query", "GET /?a\rb HTTP/1.1\r\n" + HOST),
                head("a query and no version", "GET /?a\r\n" + HOST),
                head("a query without a path", "GET ?a HTTP/1.1\r\n" + HOST),
                head("HEAD in another case", "hEAD / HTTP/1.1\r\n" + HOST),
                head("CONNECT in another case", "connect h:80 HTTP/1.1\r\n" + HOST),
                head("an asterisk for OPTIONS in another case", "OpTIONS * HTTP/1.1\r\n" + HOST),
                head("a query behind an asterisk", "OPTIONS *?a HTTP/1.1\r\n" + HOST),
                head("an empty query behind an asterisk", "OPTIONS *? HTTP/1.1\r\n" + HOST),
                head("two empty lines", "\r\n\r\nGET / HTTP/1.1\r\n" + HOST),
                head("a bare LF before the request line", "\nGET / HTTP/1.1\r\n" + HOST),
                head("a bare CR before the request line", "\rGET / HTTP/1.1\r\n" + HOST),
                head("two CRs and an LF before the request line", "\r\r\nGET / HTTP/1.1\r\n" + HOST),
                head("a blank in the empty line", " \r\nGET / HTTP/1.1\r\n" + HOST),
                head("a target without a slash", "GET a HTTP/1.1\r\n" + HOST),
                arguments("bytes that are no HTTP", "\26\3\1\2\0\1\0\1\374\3\3"));
    }

    /** Proves specification 3.7, 7.15, 7.18, and 9.3 for malformed versions and HTTP/2.0 without its preface. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedRequests")
    void malformedRequestIs400AndClosesTheConnection(String what, String request) throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send(request + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readToEnd()).matches("(?s)HTTP/\\d\\.\\d 400 .*").containsOnlyOnce("HTTP/");
        }
        assertNeitherForwardedNorCountedNorLogged();
    }

    static Stream<Arguments> malformedHeadsOfLongBodies() {
        String length = "Content-Length: " + LONG_BODY.length() + "\r\n";
        return Stream.of(
                framing("both lengths", length + "Transfer-Encoding: chunked\r\n", LONG_BODY),
                framing("two lengths", length + "Content-Length: 5\r\n", LONG_BODY),
                framing("19 digits", "Content-Length: 000000000000" + LONG_BODY.length() + "\r\n", LONG_BODY),
                framing("a control byte", length + "A: b\7c\r\n", LONG_BODY),
                framing("another coding", "Transfer-Encoding: gzip\r\n", LONG_BODY),
                arguments("no Host", "POST / HTTP/1.1\r\n" + length + "\r\n" + LONG_BODY),
                arguments("two Hosts", "POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n" + length + "\r\n" + LONG_BODY));
    }

    /** A reset would make the client's write fail before it has read the response. Proves specification 7.16. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedHeadsOfLongBodies")
    void malformedRequestIs400BeforeItsBodyIsSentAndWithoutAReset(String what, String request) throws Exception {
        int head = request.indexOf("\r\n\r\n") + 4;
        try (RawClient client = watchdog.connect()) {
            client.send(request.substring(0, head + 10));

            assertThat(client.readHead()).startsWith("HTTP/1.1 400 ");
            long responded = System.nanoTime();
            try {
                client.send(request.substring(head + 10));
                assertThat(client.readToEnd()).isEmpty();
            } catch (SocketException reset) {
                // The watchdog reads the rest for half a second: a client without a processor for so long gets a reset.
                assertThat(System.nanoTime() - responded).isGreaterThan(400_000_000);
            }
        }
        assertNeitherForwardedNorCountedNorLogged();
    }

    /** Proves specification 7.13 for a query of more than 1 MiB. */
    @Test
    void queryOfMoreThan1MiBIs431WhileItIsStillBeingSent() throws Exception {
        String parameter = "a=" + "x".repeat(1022);
        try (RawClient client = watchdog.connect()) {
            client.send("GET /?");
            for (int i = 0; i < 1_025; i++) {
                client.send(parameter);
            }

            assertThat(client.readToEnd()).startsWith("HTTP/1.1 431 ").containsOnlyOnce("HTTP/");
        }
        assertNeitherForwardedNorCountedNorLogged();
    }

    /** Proves specification 7.13 for a head of more than 1 MiB. */
    @Test
    void headOfMoreThan1MiBIs431WhileItIsStillBeingSent() throws Exception {
        String line = "-%d: " + "x".repeat(1000) + "\r\n";
        try (RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\n" + HOST);
            for (int i = 0; i < 1_500; i++) {
                client.send(line.formatted(i));
            }

            assertThat(client.readToEnd()).startsWith("HTTP/1.1 431 ").containsOnlyOnce("HTTP/");
        }
        assertNeitherForwardedNorCountedNorLogged();
    }

    /** Proves specification 7.16. */
    @Test
    void validRequestBeforeAMalformedOneGetsItsResponseFirst() throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("GET /_/health HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\nA: b\r\n c\r\n\r\n");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("OK");
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 400 ").containsOnlyOnce("HTTP/");
        }
        try (RawClient client = watchdog.connect()) {
            client.send("GET /_/health HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\nA : b\r\n\r\n");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("OK");
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 400 ").containsOnlyOnce("HTTP/");
        }
        assertNeitherForwardedNorCountedNorLogged();
    }

    /** Proves specification 7.16. */
    @Test
    void malformedRequestBehindAValidOneIs400BeforeItsBodyIsSent() throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("GET /_/health HTTP/1.1\r\nHost: h\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("OK");
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 400 ").containsOnlyOnce("HTTP/");
        }
        assertNeitherForwardedNorCountedNorLogged();
    }

    private static void assertNeitherForwardedNorCountedNorLogged() throws Exception {
        assertThat(function.connections()).isZero();
        assertThat(watchdog.metrics()).doesNotContain("http_requests_total{").contains("http_requests_in_flight 0\n");
        assertThat(watchdog.log().lines()).noneMatch(line -> line.contains(" - 400"));
    }
}
