package dev.fnwatchdog.undertow.internal.handler;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** read_debug and write_debug print bodies to the log, each up to log_buffer_size. Proves specification 1.20, 6.8. */
class BodyLogTest {
    private static final String RESPONSE = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nthe answer";

    private static void send(RunningWatchdog watchdog, String body) throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body));
            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 ");
        }
        watchdog.log().awaitLine("POST / - 200 OK");
    }

    @Test
    void bodiesAreNotLoggedByDefault() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(RESPONSE);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            send(watchdog, "the question");

            assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("the question"));
            assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("the answer"));
        }
    }

    @Test
    void readDebugLogsOnlyRequestBodies() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(RESPONSE);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "read_debug", "true")) {
            send(watchdog, "the question");

            assertThat(watchdog.log().awaitLine("the question")).endsWith("Request body: the question");
            assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("the answer"));
            assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("no effect"));
        }
    }

    @Test
    void writeDebugLogsOnlyResponseBodies() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(RESPONSE);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_debug", "1")) {
            send(watchdog, "the question");

            assertThat(watchdog.log().awaitLine("the answer")).endsWith("Response body: the answer");
            assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("the question"));
            assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("no effect"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void chunkedBodiesAreLoggedWithoutTheirFraming(boolean buffered) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.readUntil("question");
                    connection.send(
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nthe \r\n6\r\nanswer\r\n0\r\n\r\n");
                    connection.readToEnd();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function,
                        "read_debug",
                        "true",
                        "write_debug",
                        "true",
                        "http_buffer_req_body",
                        Boolean.toString(buffered));
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "4\r\nthe \r\n8\r\nquestion\r\n0\r\n\r\n");
            client.readUntil("0\r\n\r\n");

            assertThat(watchdog.log().awaitLine("Request body")).endsWith("Request body: the question");
            assertThat(watchdog.log().awaitLine("Response body")).endsWith("Response body: the answer");
        }
    }

    @Test
    void loggedBodiesAreCutAtLogBufferSizeAndMarked() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(RESPONSE);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function, "read_debug", "true", "write_debug", "true", "log_buffer_size", "10")) {
            send(watchdog, "the question");

            assertThat(watchdog.log().awaitLine("Request body")).endsWith("Request body: the questi [cut at 10 bytes]");
            assertThat(watchdog.log().awaitLine("Response body")).endsWith("Response body: the answer");
        }
    }

    @Test
    void aLongBodyIsLoggedWholeWithoutABufferLimit() throws Exception {
        String body = "x".repeat(100_000) + "y".repeat(100_000);
        try (ScriptedFunction function = ScriptedFunction.respondingWith(RESPONSE);
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "read_debug", "true", "log_buffer_size", "-1")) {
            send(watchdog, body);

            watchdog.log().awaitLine("yyy");
            assertThat(watchdog.log().lines().stream()
                            .filter(line -> line.contains("Request body: "))
                            .map(line -> line.substring(line.indexOf("Request body: ") + 14))
                            .reduce("", String::concat))
                    .isEqualTo(body);
        }
    }

    /** Proves specification 6.8. */
    @Test
    void charactersThatATerminalActsUponAreEscapedInLoggedBodies() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(RESPONSE);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "read_debug", "true")) {
            send(watchdog, "one\r\n2006/01/02 15:04:05 two\u001b[31m \u00c3\u00a9");

            assertThat(watchdog.log().awaitLine("Request body"))
                    .endsWith("Request body: one\\r\\n2006/01/02 15:04:05 two\\x1b[31m \u00e9");
        }
    }

    @Test
    void thePartOfABodyThatHasPassedBeforeItBreaksOffIsLogged() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.readUntil("the ques");
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nthe ans");
                });
                RunningWatchdog watchdog =
                        RunningWatchdog.inFrontOf(function, "read_debug", "true", "write_debug", "true")) {
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 12\r\n\r\nthe ques");
                client.readToEnd();
            }
            assertThat(watchdog.log().awaitLine("Request body")).endsWith("Request body: the ques");
            assertThat(watchdog.log().awaitLine("Response body")).endsWith("Response body: the ans");
        }
    }

    @Test
    void theBodyOfARefusedRequestIsNotLogged() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(RawClient::readToEnd);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function, "read_debug", "true", "max_inflight", "1", "exec_timeout", "2s");
                RawClient first = watchdog.connect()) {
            first.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            Polling.until(java.time.Duration.ofSeconds(15), () -> watchdog.metric("http_requests_in_flight") == 1);
            try (RawClient client = watchdog.connect()) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 7\r\n\r\nrefused");
                assertThat(client.readResponse()).startsWith("HTTP/1.1 429 ");
            }
            first.readResponse();

            assertThat(watchdog.log().lines()).noneMatch(line -> line.contains("refused"));
        }
    }
}
