package dev.fnwatchdog.undertow.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the line of each request in http mode. Proves specification 1.3, 6.4 to 6.6, 6.8, 6.9. */
class AccessLogTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final String TIME = "\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d ";
    private static final String SECONDS = " \\(\\d+\\.\\d{4}s\\)";

    private static RunningWatchdog inFrontOf(ScriptedFunction function, String... settings) throws Exception {
        return RunningWatchdog.inFrontOf(function, settings);
    }

    /** Returns the line of the only request to a watchdog with these settings. */
    private static String lineOf(String response, String request, String... settings) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(response);
                RunningWatchdog watchdog = inFrontOf(function, settings);
                RawClient client = watchdog.connect()) {
            client.send(request);
            client.readHead();
            return watchdog.log().awaitLine("/call");
        }
    }

    private static String get(String... headers) {
        return "GET /call?q=%20x HTTP/1.1\r\nHost: h\r\n" + String.join("", headers) + "\r\n";
    }

    /** Proves specification 6.4. */
    @Test
    void theLineOfARequestShowsTargetStatusReasonSizeAndTime() throws Exception {
        assertThat(lineOf(OK, get())).matches(TIME + "GET /call\\?q=%20x - 200 OK - ContentLength: 2B" + SECONDS);
    }

    /** Proves specification 6.4. */
    @Test
    void theLineOfARequestShowsTheReasonPhraseOfTheFunction() throws Exception {
        assertThat(lineOf("HTTP/1.1 418 Short And Stout\r\nContent-Length: 0\r\n\r\n", get()))
                .contains(" - 418 Short And Stout - ContentLength: 0B (");
    }

    /** Proves specification 6.5. */
    @Test
    void theLoggedSizeHasDecimalUnits() throws Exception {
        assertThat(lineOf("HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n" + "x".repeat(1024), get()))
                .contains(" - 200 OK - ContentLength: 1.024kB (");
    }

    /** Proves specification 6.5, 6.9. */
    @Test
    void theLoggedSizeIsMinusOneWithoutContentLengthAndTheSentSizeInJson() throws Exception {
        String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

        assertThat(lineOf(chunked, get())).contains(" - 200 OK - ContentLength: -1B (");
        assertThat(lineOf(chunked, get(), "log_format", "json")).contains("\"bytes\":5,");
    }

    /** Proves specification 6.5, 6.9. */
    @Test
    void theLoggedSizeOfHeadIsItsContentLengthAndZeroInJson() throws Exception {
        String head = get().replace("GET", "HEAD");
        String response = "HTTP/1.1 200 OK\r\nContent-Length: 39\r\n\r\n";

        assertThat(lineOf(response, head)).contains("HEAD /call?q=%20x - 200 OK - ContentLength: 39B (");
        assertThat(lineOf(response, head, "log_format", "json")).contains("\"bytes\":0,");
    }

    /** Proves specification 1.3, 6.6. */
    @ParameterizedTest
    @ValueSource(strings = {"log_callid", "log_call_id"})
    void theLineOfARequestEndsWithItsCallIdOnlyWhenLogCallidIsSet(String setting) throws Exception {
        assertThat(lineOf(OK, get("X-Call-Id: abc-1\r\n"), setting, "true")).endsWith("s) [abc-1]");
        assertThat(lineOf(OK, get(), setting, "true")).endsWith("s) [none]");
        assertThat(lineOf(OK, get("X-Call-Id: abc-1\r\n"))).endsWith("s)");
    }

    /** Proves specification 6.9. */
    @Test
    void theLineOfARequestIsAJsonObjectWithLogFormatJson() throws Exception {
        assertThat(lineOf(OK, get("X-Call-Id: abc-1\r\n"), "log_format", "json"))
                .matches(
                        "\\{\"time\":\"[^\"]+\",\"level\":\"[^\"]+\",\"severity\":\"[^\"]+\",\"msg\":\"[^\"]+\",\"method\":\"GET\","
                                + "\"path\":\"/call\\?q=%20x\",\"status\":200,\"bytes\":2,\"duration_seconds\":\\d+\\.\\d{6},"
                                + "\"call_id\":\"abc-1\",\"remote_addr\":\"127.0.0.1\"}");
    }

    /** Proves specification 6.7, 6.12. */
    @Test
    void theLineOfARequestHasItsTraceAndItsCaller() throws Exception {
        String trace = "0af7651916cd43dd8448eb211c80319c";
        String head = "traceparent: 00-" + trace + "-b7ad6b7169203331-01\r\nUser-Agent: curl/8\r\n";

        assertThat(lineOf(OK, get(head), "log_format", "json"))
                .contains("\"severity\":\"INFO\"")
                .endsWith(",\"trace_id\":\"" + trace + "\",\"span_id\":\"b7ad6b7169203331\","
                        + "\"user_agent\":\"curl/8\",\"remote_addr\":\"127.0.0.1\"}");
        assertThat(lineOf(OK, get(head), "log_trace_id", "true")).endsWith("s) [" + trace + "]");
        assertThat(lineOf(OK, get(), "log_trace_id", "true")).endsWith("s) [none]");
        assertThat(lineOf(OK, get(head))).endsWith("s)");
    }

    /** Proves specification 6.4. */
    @Test
    void aRequestThatMaxInflightRefusesIsLogged() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    entered.countDown();
                    connection.read(1);
                });
                RunningWatchdog watchdog = inFrontOf(function, "max_inflight", "1");
                RawClient client = watchdog.connect()) {
            client.send("GET /first HTTP/1.1\r\nHost: h\r\n\r\n");
            entered.await();
            watchdog.get("/second");

            assertThat(watchdog.log().awaitLine("/second"))
                    .matches(TIME + "GET /second - 429 Too Many Requests - ContentLength: 62B" + SECONDS);
        }
    }

    /** Proves specification 6.4. */
    @Test
    void aRequestThatTheWatchdogItselfRespondsToIsLogged() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(FreePort.any(), "startup_wait", "0")) {
            watchdog.get("/call");

            assertThat(watchdog.log().awaitLine("GET /call"))
                    .matches(TIME + "GET /call - 500 Internal Server Error - ContentLength: 0B" + SECONDS);
        }
    }

    /** Proves specification 6.5. */
    @Test
    void aRequestWhoseClientDisconnectsIsLoggedWithStatus499() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    entered.countDown();
                    connection.read(1);
                });
                RunningWatchdog watchdog = inFrontOf(function)) {
            try (RawClient client = watchdog.connect()) {
                client.send(get());
                entered.await();
            }

            assertThat(watchdog.log().awaitLine("/call")).contains(" - 499 Client Closed Request - ContentLength: ");
        }
    }

    /** Proves specification 6.4. */
    @Test
    void requestsOfKubeProbeAreCountedAndNotLogged() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET /probed HTTP/1.1\r\nHost: h\r\nUser-Agent: kube-probe/1.31\r\n\r\n");
            client.readResponse();
            client.send("GET /called HTTP/1.1\r\nHost: h\r\nUser-Agent: not-kube-probe\r\n\r\n");
            client.readResponse();

            watchdog.log().awaitLine("/called");
            assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("/probed"));
            assertThat(watchdog.metrics()).contains("http_requests_total{code=\"200\",method=\"get\"} 2\n");
        }
    }

    /**
     * Terminals act upon U+009B as UTF-8 and as a single byte; a right-to-left override reverses a line. Proves
     * specification 6.8.
     */
    @Test
    void charactersThatATerminalActsUponAreEscapedInTheLineOfARequest() throws Exception {
        String csi = "\u00c2\u009b";
        String line = lineOf(
                "HTTP/1.1 200 Fine" + csi + "31m\r\nContent-Length: 0\r\n\r\n",
                "GET /call" + csi + "2J\u009b\u00e2\u0080\u00ae HTTP/1.1\r\nHost: h\r\nX-Call-Id: i" + csi
                        + "d\r\n\r\n",
                "log_callid",
                "true");

        assertThat(line.chars()).allMatch(c -> c >= 0x20 && (c < 0x7f || c > 0x9f) && c != 0x202e);
        assertThat(line).contains("200 Fine").endsWith("d]");
    }

    /** Proves specification 6.4. */
    @Test
    void eachRequestHasExactlyOneLine() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = inFrontOf(function);
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 200; i++) {
                client.send("GET /call/" + i + " HTTP/1.1\r\nHost: h\r\n\r\n");
                client.readResponse();
            }
            watchdog.log().awaitLine("/call/199 ");

            assertThat(watchdog.log().lines().stream().filter(line -> line.contains("GET /call/")))
                    .hasSize(200)
                    .doesNotHaveDuplicates();
        }
    }
}
