package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RealFunction;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Checks what the packaged jar prints. Proves specification 1.3, 1.7, 6.1 to 6.6, 6.8 to 6.10, 6.13 to 6.15, 7.9, 9.2.
 */
class LogIT {
    private static final String TIME = "\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d ";
    // Matches an object of strings, numbers and booleans, as strictly as RFC 8259 defines it.
    private static final String TEXT = "\"(?:[^\"\\\\\\x00-\\x1f]|\\\\[\"\\\\/bfnrt]|\\\\u[0-9a-fA-F]{4})*\"";
    private static final String VALUE = "(?:" + TEXT + "|-?\\d+(?:\\.\\d+)?|true|false)";
    private static final String MEMBER = TEXT + ":" + VALUE;
    private static final Pattern JSON = Pattern.compile("\\{" + MEMBER + "(?:," + MEMBER + ")*}");

    /** Proves specification 6.1, 6.2, 6.3, 6.4, 6.5, 7.9, 9.2. */
    @Test
    void startupRequestsAndShutdownAreLoggedInThisOrderWithoutLinesOfLibraries() throws Exception {
        int port = FreePort.any();
        String command = RealFunction.PYTHON.command(port);
        try (PackagedWatchdog watchdog =
                PackagedWatchdog.inFrontOf(command, port, "max_inflight", "5").startReady()) {
            watchdog.get("/a?b=c");
            HttpClient http2 =
                    HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
            http2.send(
                    watchdog.request("/upgrade")
                            .version(HttpClient.Version.HTTP_2)
                            .build(),
                    BodyHandlers.discarding());
            try (RawClient client = watchdog.connect()) {
                client.send("no HTTP at all\r\n\r\n").readToEnd();
            }
            watchdog.signal("TERM");
            watchdog.awaitExit();

            assertThat(watchdog.err())
                    .allMatch(line -> line.matches(TIME + ".+"))
                    .extracting(line -> line.substring(20).replaceFirst("\\(\\d\\.\\d{4}s\\)", "(TIME)"))
                    // On a loaded machine the function takes longer to start.
                    .filteredOn(line -> !line.startsWith("Waiting for the function")
                            && !line.startsWith("The function accepts connections"))
                    .containsExactly(
                            "Version: " + version(),
                            "Mode: http, fprocess: \"%s\", upstream: http://127.0.0.1:%d".formatted(command, port),
                            "Timeouts: read: 30s write: 30s hard: 30s health: 0s",
                            "Listening on port: " + watchdog.port(),
                            "Metrics listening on port: " + watchdog.metricsPort(),
                            "Writing lock-file to: "
                                    + watchdog.temporaryDirectory().resolve(".lock"),
                            "GET /a?b=c - 200 OK - ContentLength: 18B (TIME)",
                            "GET /upgrade - 200 OK - ContentLength: 18B (TIME)",
                            "SIGTERM: no new connections in 0s",
                            "No new connections allowed, draining: 0 requests",
                            "Exiting. Active connections: 0");
            assertThat(watchdog.out()).singleElement().asString().matches(TIME + "stdout: function got SIGTERM");
        }
    }

    private static String version() throws Exception {
        return PackagedWatchdog.with().run("--version").out().get(0);
    }

    /** Proves specification 1.7. */
    @Test
    void aSettingWithoutEffectInTheModeIsReportedAndAnUnknownVariableIsNot() throws Exception {
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOfPython("content_type", "text/plain", "nosuch", "1")
                .startReady()) {
            assertThat(watchdog.awaitLine("content_type"))
                    .matches(TIME + "content_type has no effect in mode http, only in streaming, serializing");
            assertThat(watchdog.err()).noneMatch(line -> line.contains("nosuch"));
        }
    }

    /** Proves specification 6.9, 6.10. */
    @Test
    void everyLineIsAJsonObjectWithLogFormatJson() throws Exception {
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOfPython("log_format", "json", "log_call_id", "true")
                .startReady()) {
            try (RawClient client = watchdog.connect()) {
                client.send("GET /print/%22\\ HTTP/1.1\r\nHost: h\r\nX-Call-Id: a\"b\r\n\r\n")
                        .readResponse();
            }
            watchdog.get("/exit/3");
            watchdog.awaitExit();

            assertThat(watchdog.err())
                    .hasSizeGreaterThan(8)
                    .allMatch(line -> JSON.matcher(line).matches());
            assertThat(watchdog.out())
                    .hasSize(2)
                    .allMatch(line -> JSON.matcher(line).matches());
            assertThat(watchdog.out().get(0)).endsWith(",\"stream\":\"stdout\",\"msg\":\"%22\\\\\"}");
            assertThat(watchdog.err())
                    .anyMatch(line -> line.contains(
                                    "\"msg\":\"call\",\"method\":\"GET\",\"path\":\"/print/%22\\\\\",\"status\":200,\"bytes\":8,\"duration_seconds\":0.")
                            && line.contains(",\"call_id\":\"a\\\"b\",\"remote_addr\":\"127.0.0.1\"}"))
                    .anyMatch(
                            line -> line.contains(
                                    "\"level\":\"error\",\"severity\":\"ERROR\",\"msg\":\"Forked function has terminated: exit status 3\""));
        }
    }

    /** Proves specification 6.11. */
    @Test
    void aLineOfTheFunctionThatIsAJsonObjectPassesAsItIsWithLogFormatJson() throws Exception {
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOf(RealFunction.PRINTS.command(0), FreePort.any())
                .set("log_format", "json", "log_buffer_size", "-1")
                .start()) {
            watchdog.awaitLine("the end of the output");

            assertThat(watchdog.out().get(0)).isEqualTo("{\"level\": \"info\"}");
            assertThat(watchdog.out().get(2)).endsWith("\"stream\":\"stdout\",\"msg\":\"two  blanks\"}");
        }
    }

    /** Proves specification 1.3, 6.6. */
    @Test
    void theLineOfARequestEndsWithItsCallIdWhenLogCallidIsSet() throws Exception {
        for (String name : List.of("log_callid", "log_call_id")) {
            try (PackagedWatchdog watchdog =
                    PackagedWatchdog.inFrontOfPython(name, "true").startReady()) {
                watchdog.send(watchdog.request("/with").header("X-Call-Id", "079d9ff9-d7b7"));
                watchdog.get("/without");

                assertThat(watchdog.awaitLine("GET /with ")).endsWith("s) [079d9ff9-d7b7]");
                assertThat(watchdog.awaitLine("GET /without ")).endsWith("s) [none]");
            }
        }
    }

    /** Proves specification 6.13, 6.14. */
    @Test
    void linesOfTheFunctionAreUnchangedAndUncutWithoutPrefixAndWithoutBufferLimit() throws Exception {
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOf(RealFunction.PRINTS.command(0), FreePort.any())
                .set("prefix_logs", "false", "log_buffer_size", "-1")
                .start()) {
            watchdog.awaitLine("the end of the output");
            watchdog.awaitLine("a warning");

            assertThat(watchdog.out())
                    .containsExactly(
                            "{\"level\": \"info\"}", "", "two  blanks", "x".repeat(300_000), "the end of the output");
            assertThat(watchdog.err()).contains("a warning");
        }
    }

    /** Proves specification 6.13, 6.14. */
    @Test
    void anOverlongLineOfTheFunctionIsCutAndMarkedAndLoggingContinues() throws Exception {
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOf(RealFunction.PRINTS.command(0), FreePort.any())
                .set("log_buffer_size", "1000")
                .start()) {
            assertThat(watchdog.awaitLine("the end of the output")).matches(TIME + "stdout: the end of the output");
            assertThat(watchdog.awaitLine("token too long")).matches(TIME + ".*bufio\\.Scanner: token too long");
            assertThat(watchdog.out().get(3)).matches(TIME + "stdout: x{1000} \\[cut at 1000 bytes]");
        }
    }

    /** Proves specification 6.8. */
    @Test
    void controlCharactersFromAClientAreEscapedInTheLog() throws Exception {
        try (PackagedWatchdog watchdog =
                PackagedWatchdog.inFrontOfPython("log_callid", "1").startReady()) {
            try (RawClient client = watchdog.connect()) {
                client.send("GET /%0d%0aforged HTTP/1.1\r\nHost: h\r\nX-Call-Id: \u009b2J\r\n\r\n")
                        .readResponse();
            }

            assertThat(watchdog.awaitLine("GET /%0d%0aforged"))
                    .matches(TIME + "GET /%0d%0aforged - 200 OK - .* \\[\\\\x9b2J]");
        }
    }

    /** Proves specification 6.15. */
    @Test
    void requestsAreServedWhileNothingReadsTheLog() throws Exception {
        int port = FreePort.any();
        int servedPort = FreePort.any();
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOf(RealFunction.PYTHON.command(port), port)
                .set("port", Integer.toString(servedPort))
                .unread()
                .start()) {
            watchdog.setPort(servedPort);
            String longPath = "/print/" + "x".repeat(1000);
            Polling.until(Duration.ofSeconds(20), () -> watchdog.get("/_/ready").statusCode() == 200);

            // About 4 MB of lines in total, where each pipe buffers 64 KiB and the watchdog 1 MiB for each stream.
            try (RawClient client = watchdog.connect()) {
                for (int i = 0; i < 2_000; i++) {
                    client.send("GET " + longPath + " HTTP/1.1\r\nHost: h\r\n\r\n");
                    assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n");
                }
            }

            watchdog.signal("TERM");
            assertThat(watchdog.awaitExit()).isZero();
            assertThat(watchdog.remainingDescendants()).isEmpty();
        }
    }
}
