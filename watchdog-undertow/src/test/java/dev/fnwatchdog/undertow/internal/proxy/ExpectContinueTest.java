package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Contract 3: a client that expects a 100 gets it before it has to send the body. */
class ExpectContinueTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";

    @ParameterizedTest
    @CsvSource({"Content-Length: 2, ab", "Transfer-Encoding: chunked, 2|ab|0||"})
    void letsTheClientSendItsBodyThoughTheFunctionIgnoresExpect(String framing, String body) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    while (true) {
                        assertThat(connection.readHead()).doesNotContainIgnoringCase("expect");
                        connection.readUntil(framing.startsWith("C") ? "ab" : "0\r\n\r\n");
                        connection.send(OK);
                    }
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 3; i++) {
                client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\n" + framing + "\r\n\r\n");
                assertThat(client.readHead()).isEqualTo(CONTINUE);
                client.send(body.replace("|", "\r\n"));
                assertThat(client.readResponse())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .endsWith("hi");
            }
        }
    }

    @Test
    void dropsTheFunctionsOwnContinue() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(CONTINUE);
                    connection.read(2);
                    connection.send(OK);
                    connection.closedByPeer();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(client.readHead()).isEqualTo(CONTINUE);
            client.send("ab");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("hi");
        }
    }

    @Test
    void sendsNoContinueToAClientThatSendsItsBodyAnyway() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab");

            assertThat(client.readUntil("hi")).endsWith("\r\n\r\nhi").containsOnlyOnce("HTTP/1.1 200 OK\r\n");
        }
    }

    @Test
    void sendsNoContinueToAnHttp10Client() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab");

            assertThat(client.readToEnd()).startsWith("HTTP/1.0 200 OK\r\n").endsWith("hi");
        }
    }

    @Test
    void passesAnAnswerOnThatDoesNotWaitForTheBody() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig");
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n");

            String answer = client.readUntil("big");

            assertThat(answer.replace(CONTINUE, "")).startsWith("HTTP/1.1 413 Too Large\r\n");
        }
    }

    @Test
    void refusesWithoutAContinueWhatItRefusesItself() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "max_inflight", "1");
                RawClient first = watchdog.connect();
                RawClient client = watchdog.connect()) {
            first.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n");
            Polling.until(java.time.Duration.ofSeconds(5), () -> watchdog.metric("http_requests_in_flight") == 1);

            client.send("POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n");

            assertThat(client.readHead()).startsWith("HTTP/1.1 429 ");
        }
    }
}
