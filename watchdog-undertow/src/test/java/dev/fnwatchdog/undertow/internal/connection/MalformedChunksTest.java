package dev.fnwatchdog.undertow.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A body whose chunks break the rules ends as a broken one, for both sides. */
class MalformedChunksTest {
    private static final String HEAD = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    private static final String END = "0\r\n\r\n";

    private final BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    private ScriptedFunction function;
    private RunningWatchdog watchdog;

    @BeforeEach
    void start() throws Exception {
        function = ScriptedFunction.serving(connection -> seen.add(connection.readUntilClosedOrReset()));
        watchdog = RunningWatchdog.inFrontOf(function);
    }

    @AfterEach
    void stop() throws Exception {
        watchdog.close();
        function.close();
    }

    static Stream<Arguments> malformedChunks() {
        return Stream.of(
                arguments("a size that is no number", "zz\r\nhello\r\n"),
                arguments("no size", "\r\nhello\r\n"),
                arguments("a size of blanks", "  \r\nhello\r\n"),
                arguments("a size with a sign", "+5\r\nhello\r\n"),
                arguments("a negative size", "-5\r\nhello\r\n"),
                arguments("a size with 0x", "0x5\r\nhello\r\n"),
                arguments("a size behind a blank", " 5\r\nhello\r\n"),
                arguments("two sizes", "5 6\r\nhello\r\n"),
                arguments("a size that wraps around to 5", "10000000000000005\r\nhello\r\n"),
                arguments("a size that wraps around to less than 0", "8000000000000005\r\nhello\r\n"),
                arguments("a size that is other digits", "\u0665\r\nhello\r\n".replace('\u0665', '\u00b2')),
                arguments("LF alone behind the size", "5\nhello\r\n"),
                arguments("CR alone behind the size", "5\rhello\r\n"),
                arguments("a control byte in an extension", "5;a=\1\r\nhello\r\n"),
                arguments("LF in an extension", "5;a\nb\r\nhello\r\n"),
                arguments("an endless extension", "5;a=" + "x".repeat(20_000) + "\r\nhello\r\n"),
                arguments("a chunk longer than its size", "5\r\nhello!\r\n"),
                arguments("a chunk that is followed by LF alone", "5\r\nhello\n"),
                arguments("a chunk that is followed by nothing", "5\r\nhello0\r\n"),
                arguments("a trailer without a colon", "0\r\nnothing\r\n"),
                arguments("a trailer with a blank before the colon", "0\r\na : b\r\n"),
                arguments("a trailer without a name", "0\r\n: b\r\n"),
                arguments("a folded trailer", "0\r\na: b\r\n c\r\n"),
                arguments("a trailer that ends in LF alone", "0\r\na: b\n"),
                arguments("a trailer with a NUL", "0\r\na: b\0\r\n"),
                arguments("trailers over 1 MiB", "0\r\n" + "a: b\r\n".repeat(1024 * 1024 / 6 + 1)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedChunks")
    void areRefusedWith400AndTheFunctionNeverSeesAWholeRequest(String what, String chunk) throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send(HEAD + "3\r\nabc\r\n");
            Polling.until(Duration.ofSeconds(10), () -> function.connections() == 1);
            client.send(chunk + END);

            assertThat(client.readToEnd())
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .containsOnlyOnce("HTTP/");
        }
        assertThat(brokenRequest())
                .startsWith("POST / HTTP/1.1\r\n")
                .doesNotContain(END)
                .doesNotContain("0\r\n");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedChunks")
    void areRefusedAlsoWhereTheyComeWithTheHead(String what, String chunk) throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send(HEAD + chunk + END + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readToEnd())
                    .startsWith("HTTP/1.1 400 Bad Request\r\n")
                    .containsOnlyOnce("HTTP/");
        }
        if (function.connections() > 0) {
            assertThat(brokenRequest())
                    .doesNotContain(END)
                    .doesNotContain("0\r\n")
                    .doesNotContain("smuggled");
        }
    }

    @Test
    void countTheirTrailersWithTheHead() throws Exception {
        String half = "x".repeat(600_000);
        try (RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nA: " + half + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nB: "
                    + half + "\r\n\r\n");

            assertThat(client.readToEnd()).startsWith("HTTP/1.1 400 Bad Request\r\n");
        }
    }

    @Test
    void endTheConnectionOnceTheAnswerHasBegun() throws Exception {
        try (ScriptedFunction early = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf");
                    seen.add(connection.readUntilClosedOrReset());
                });
                RunningWatchdog inFront = RunningWatchdog.inFrontOf(early);
                RawClient client = inFront.connect()) {
            client.send(HEAD + "3\r\nabc\r\n");
            assertThat(client.readHead()).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(client.read(4)).isEqualTo("half");
            client.send("zz\r\n" + END);

            assertThat(client.closedByPeer()).isTrue();
            assertThat(brokenRequest()).doesNotContain("0\r\n");
        }
    }

    /** It has cost the function something, so whoever looks for the cause should find it. */
    @Test
    void areCountedAndLoggedAsTheCallThatTheyBroke() throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send(HEAD + "3\r\nabc\r\n");
            Polling.until(Duration.ofSeconds(10), () -> function.connections() == 1);
            client.send("zz\r\n");

            assertThat(client.readHead()).startsWith("HTTP/1.1 400 ");
            assertThat(watchdog.metrics()).contains("http_requests_total{code=\"400\",method=\"post\"} 1\n");
            assertThat(watchdog.log().awaitLine(" - 400")).contains("POST / - 400 Bad Request - ContentLength: 0B (");
        }
    }

    private String brokenRequest() throws InterruptedException {
        String request = seen.poll(10, TimeUnit.SECONDS);
        assertThat(request).as("the connection to the function is broken off").isNotNull();
        return request;
    }
}
