package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import org.junit.jupiter.api.Test;

class HttpModeTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

    @Test
    void passesTheFunctionsAnswerOn() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send("GET /a%2Fb//c/../d?x=%20 HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readResponse()).startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nhi");
            assertThat(watchdog.log().awaitLine("GET /a%2Fb//c/../d?x=%20"))
                    .contains(" - 200 OK - ContentLength: 2B (");
        }
    }

    @Test
    void usesOneConnectionForCallsThatFollowEachOther() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 20; i++) {
                client.send("GET /%d HTTP/1.1\r\nHost: h\r\n\r\n".formatted(i));
                assertThat(client.readResponse()).endsWith("hi");
            }

            assertThat(function.connections()).isOne();
        }
    }
}
