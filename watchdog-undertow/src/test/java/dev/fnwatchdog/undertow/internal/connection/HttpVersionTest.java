package dev.fnwatchdog.undertow.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests whose HTTP version is neither 1.0, 1.1 nor 2 (RFC 9110 2.5, 15.6.6). Proves specification 9.3. */
class HttpVersionTest {
    private static ScriptedFunction function;
    private static RunningWatchdog watchdog;

    @BeforeAll
    static void start() throws Exception {
        function = ScriptedFunction.echoingHeads();
        watchdog = RunningWatchdog.inFrontOf(function);
    }

    @AfterAll
    static void stop() throws Exception {
        watchdog.close();
        function.close();
    }

    /** Proves specification 9.3. */
    @ParameterizedTest
    @ValueSource(strings = {"HTTP/9.9", "HTTP/3.0", "HTTP/2.1", "HTTP/0.9", "HTTP/0.0", "HTTP/0.1"})
    void requestOfAnotherMajorVersionIs505AndTheConnectionCloses(String version) throws Exception {
        for (String body :
                new String[] {"\r\n", "Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n"}) {
            try (RawClient client = watchdog.connect()) {
                client.send("POST /refused " + version + "\r\nHost: h\r\n" + body);

                assertThat(client.readUntilClosedOrReset())
                        .startsWith("HTTP/1.1 505 HTTP Version not supported\r\n")
                        .contains("\r\nConnection: close\r\n")
                        .containsOnlyOnce("HTTP/1");
            }
        }
        assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("/refused"));
        assertThat(function.lastHead()).doesNotContain("/refused");
    }

    /** Undertow refuses these heads before any handler. Proves specification 9.3. */
    @ParameterizedTest
    @ValueSource(strings = {"Host: a\r\nHost: b\r\n", "Host: ?\r\nHost: h\r\n", "Host: a/b\r\n", ""})
    void requestOfAnotherMajorVersionWithARefusedHostIs505(String host) throws Exception {
        try (RawClient client = watchdog.connect()) {
            assert505(client.send("GET /refused HTTP/0.9\r\n" + host + "\r\n").readUntilClosedOrReset());
        }
        try (RawClient client = watchdog.connect()) {
            assert505(client.send("GET /refused HTTP/3.0\r\n" + host + "\r\n").readUntilClosedOrReset());
        }
    }

    /** Undertow reads a version behind the end of the line. Proves specification 9.3. */
    @ParameterizedTest
    @ValueSource(strings = {"\r\n HTTP/0.9", "\r\n HTTP/3.0", "\n HTTP/0.9"})
    void versionBehindTheEndOfTheRequestLineIsRefusedInAResponseOfHttp11(String rest) throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("GET /" + rest + "\r\nHost: refused\r\n\r\n");

            assertThat(client.readUntilClosedOrReset()).matches("(?s)HTTP/1\\.1 (400|505) .*");
        }
        assertThat(function.lastHead()).doesNotContain("Host: refused");
    }

    private static void assert505(String response) {
        assertThat(response)
                .startsWith("HTTP/1.1 505 HTTP Version not supported\r\n")
                .contains("\r\nConnection: close\r\n");
    }

    /** Proves specification 9.3. */
    @Test
    void requestOfAnotherMajorVersionIsNotCounted() throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("OPTIONS /refused HTTP/3.0\r\nHost: h\r\n\r\n");
            assertThat(client.readUntilClosedOrReset()).startsWith("HTTP/1.1 505 ");
        }
        try (RawClient client = watchdog.connect()) {
            client.send("OPTIONS /served HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 200 ");
        }

        // Only this test sends OPTIONS.
        assertThat(watchdog.metrics().lines().filter(line -> line.matches("http_requests_total\\{.*options.*")))
                .containsExactly("http_requests_total{code=\"200\",method=\"options\"} 1");
        assertThat(watchdog.metrics()).doesNotContain("code=\"505\"").contains("http_requests_in_flight 0\n");
    }

    /** Proves specification 9.3. */
    @Test
    void requestOfAHigherMinorVersionIsServedAsHttp11() throws Exception {
        try (RawClient client = watchdog.connect()) {
            for (int i = 0; i < 2; i++) {
                client.send("GET /a HTTP/1.2\r\nHost: h\r\n\r\n");

                assertThat(client.readResponse())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .doesNotContain("Connection: close")
                        .contains("GET /a HTTP/1.1\r\n");
            }
            client.send("GET /b HTTP/1.9\r\nHost: h\r\nConnection: close\r\n\r\n");
            assertThat(client.readToEnd()).startsWith("HTTP/1.1 200 OK\r\n").contains("Connection: close\r\n");
        }
    }

    /** Proves specification 9.3. */
    @Test
    void httpVersionIsRecognizedInARequestLineThatArrivesInPieces() throws Exception {
        for (String version : new String[] {"HTTP/9.9", "HTTP/1.9"}) {
            try (RawClient client = watchdog.connect()) {
                client.socket().setTcpNoDelay(true);
                for (char c : ("GET /pieces?a " + version + "\r\nHost: h\r\nConnection: close\r\n\r\n").toCharArray()) {
                    client.send(String.valueOf(c));
                }

                assertThat(client.readUntilClosedOrReset())
                        .startsWith("HTTP/1.1 " + (version.endsWith("/9.9") ? "505" : "200"));
            }
        }
    }

    /** Proves specification 9.3. */
    @Test
    void httpVersionIsCheckedForEachRequestOfAConnection() throws Exception {
        String good = "GET /good HTTP/1.1\r\nHost: h\r\n\r\n";
        try (RawClient client = watchdog.connect()) {
            client.send(good + good + "GET /bad HTTP/4.1\r\nHost: h\r\n\r\n" + good);

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ");
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ");
            assertThat(client.readUntilClosedOrReset())
                    .startsWith("HTTP/1.1 505 ")
                    .containsOnlyOnce("HTTP/1.1");
        }
    }

    /** Proves specification 9.3. */
    @Test
    void requestOfAHigherMinorVersionMayHaveAChunkedBody() throws Exception {
        try (ScriptedFunction echo = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    String body = connection.readUntil("0\r\n\r\n");
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + body);
                    connection.closedByPeer();
                });
                RunningWatchdog other = RunningWatchdog.inFrontOf(echo);
                RawClient client = other.connect()) {
            client.send("POST / HTTP/1.3\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n");
            assertThat(client.readWhole()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nhi");

            client.send("GET /_/health HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readResponse()).endsWith("OK");
        }
    }
}
