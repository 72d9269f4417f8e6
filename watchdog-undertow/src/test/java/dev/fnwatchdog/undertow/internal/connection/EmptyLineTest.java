package dev.fnwatchdog.undertow.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.ForkingWatchdog;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RecordingUpstream;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedHandler;
import io.undertow.server.HttpServerExchange;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An empty line before a request line is ignored, also behind a body (RFC 9112, 2.2). Proves specification 7.19. */
class EmptyLineTest {
    private static final String POST = "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab";
    private static final String GET = "GET /2 HTTP/1.1\r\nHost: h\r\n\r\n";

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

    /** Proves specification 7.19. */
    @Test
    void emptyLineBeforeTheFirstRequestIsIgnored() throws Exception {
        assertThat(watchdog.responseTo("\r\n" + GET)).endsWith("\r\n\r\nGET /2\n");
    }

    /** Proves specification 7.19. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                POST,
                "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n",
                "POST /1 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n",
                "POST /1 HTTP/1.1\r\nHost: h\r\n\r\n"
            })
    void emptyLinesBetweenPipelinedRequestsAreIgnored(String first) throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send(first + "\r\n" + "GET http://h/2?x HTTP/1.1\r\nHost: h\r\n\r\n" + "\r\n" + GET);

            assertThat(client.readResponse()).endsWith("\r\n\r\nPOST /1\n");
            assertThat(client.readResponse()).endsWith("\r\n\r\nGET /2?x\n");
            assertThat(client.readResponse()).endsWith("\r\n\r\nGET /2\n");
        }
        assertThat(upstream.takeFaults()).isEmpty();
    }

    /** Proves specification 7.19. */
    @Test
    void emptyLineBehindABodyIsIgnoredOnAKeptConnectionHoweverItsBytesArrive() throws Exception {
        String second = "\r\n" + "GET http://h/2?x HTTP/1.1\r\nHost: h\r\n\r\n";
        for (int cut = 0; cut < 12; cut++) {
            try (RawClient client = watchdog.connect()) {
                client.send(POST + second.substring(0, cut));
                assertThat(client.readResponse()).endsWith("\r\n\r\nPOST /1\n");

                client.send(second.substring(cut));
                assertThat(client.readResponse()).endsWith("\r\n\r\nGET /2?x\n");

                client.send("\r");
                client.send("\n");
                client.send(GET);
                assertThat(client.readResponse()).endsWith("\r\n\r\nGET /2\n");
            }
        }
    }

    /** Proves specification 7.15. */
    @Test
    void secondEmptyLineAndALoneCrBehindABodyAre400() throws Exception {
        for (String before : new String[] {"\r\n\r\n", "\r", "\n"}) {
            try (RawClient client = watchdog.connect()) {
                client.send(POST);
                assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ");

                for (int i = 0; i < before.length(); i++) {
                    client.send(before.substring(i, i + 1));
                }
                client.send(GET);
                assertThat(client.readToEnd()).startsWith("HTTP/1.1 400 ").containsOnlyOnce("HTTP/");
            }
        }
    }

    /** Proves specification 7.19. */
    @Test
    void clientThatClosesBehindAnEmptyLineIsNoError() throws Exception {
        for (String end : new String[] {"\r\n", "\r"}) {
            try (RawClient client = watchdog.connect()) {
                client.send(POST + end);
                assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ");
                client.socket().shutdownOutput();

                assertThat(client.readToEnd()).isEmpty();
            }
        }
    }

    /** Proves specification 7.19. */
    @ParameterizedTest
    @EnumSource
    void emptyLinesAreIgnoredInStreamingAndSerializingMode(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog forking = mode.running("cat; echo $Http_Path")) {
            assertBothAreServed(forking, POST, "ab/1\n", "/2\n");
        }
    }

    /** Proves specification 7.19. */
    @Test
    void emptyLinesAreIgnoredInStaticMode(@TempDir Path folder) throws Exception {
        Files.writeString(folder.resolve("1"), "one");
        Files.writeString(folder.resolve("2"), "two");
        try (RunningWatchdog serving = RunningWatchdog.serving(folder)) {
            assertBothAreServed(serving, GET.replace("/2", "/1"), "one", "two");
        }
    }

    /** Proves specification 7.19. */
    @Test
    void emptyLinesAreIgnoredInInprocMode() throws Exception {
        try (RunningWatchdog inproc = ScriptedHandler.undertow(EmptyLineTest::sendPath)) {
            assertBothAreServed(inproc, POST, "/1", "/2");
        }
    }

    private static void sendPath(HttpServerExchange exchange) {
        exchange.getResponseSender().send(exchange.getRequestPath());
    }

    private static void assertBothAreServed(RunningWatchdog served, String first, String one, String two)
            throws Exception {
        try (RawClient client = served.connect()) {
            client.send("\r\n" + first + "\r\n" + GET);
            assertThat(client.readWhole()).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n" + one);
            assertThat(client.readWhole()).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n" + two);

            client.send("\r\n");
            client.send(GET);
            assertThat(client.readWhole()).endsWith("\r\n\r\n" + two);
        }
    }
}
