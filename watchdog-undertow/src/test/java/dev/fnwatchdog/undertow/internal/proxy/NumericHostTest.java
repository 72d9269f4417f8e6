package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Contract 3 and 7: a Host that begins with a digit, as most of a gateway's do, goes on as it came, or is refused as any other. */
class NumericHostTest {
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: 10.62.0.7:8080",
                "Host: 0.0.0.0",
                "Host: 255.255.255.255:65535",
                "Host: 999.1.1.1",
                "Host: 1",
                "Host: 9lives.example:80",
                "host: 127.0.0.1",
                "HOST: 127.0.0.1",
                "Hostess: 127.0.0.1\r\nHost: 127.0.0.1",
                "X-A: Host: 127.0.0.1\r\nHost: 5"
            })
    void goOnAsTheyCame(String lines) throws Exception {
        for (String version : new String[] {"1.1", "1.0"}) {
            assertThat(watchdog.responseTo("GET / HTTP/" + version + "\r\n" + lines + "\r\nX-B: 2\r\n\r\n"))
                    .matches("(?s)HTTP/1\\.[01] 200 .*")
                    .contains("\r\nX-B: 2\r\n")
                    .satisfies(answer -> assertThat(lines.split("\r\n", -1))
                            .allSatisfy(line -> assertThat(answer).contains("\r\n" + line + "\r\n")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host:127.0.0.1", "Host:   127.0.0.1", "Host:\t127.0.0.1", "Host: 127.0.0.1 \t"})
    void goOnWithoutTheBlanksAroundThem(String line) throws Exception {
        assertThat(watchdog.responseTo("GET / HTTP/1.1\r\n" + line + "\r\n\r\n")).contains("\r\nHost: 127.0.0.1\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Host: 127.0.0.1:80x",
                "Host: 127.0.0.1:0",
                "Host: 127.0.0.1:65536",
                "Host: 1/2",
                "Host: 1 2",
                "Host: 1%zz",
                "Host: 1]",
                "Host: 1@2",
                "Host: 127.0.0.1\r\nHost: 127.0.0.1",
                "Host: a\r\nHost: 1",
                "Host:\r\n 127.0.0.1"
            })
    void areRefusedWhereTheyAreMalformed(String lines) throws Exception {
        assertThat(watchdog.responseTo("GET / HTTP/1.1\r\n" + lines + "\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void goOnHoweverTheyArrive() throws Exception {
        String request = "POST / HTTP/1.1\r\nX-A: 1\r\nHost: 10.62.0.7:8080\r\nContent-Length: 8\r\n\r\n";
        for (int cut = 1; cut < request.length(); cut++) {
            try (RawClient client = watchdog.connect()) {
                client.send(request.substring(0, cut));
                client.send(request.substring(cut) + "\nHost: 1");

                assertThat(client.readResponse()).contains("\r\nX-A: 1\r\n", "\r\nHost: 10.62.0.7:8080\r\n");
            }
        }
    }

    @Test
    void goOnWhereTheyArePipelined() throws Exception {
        try (RawClient client = watchdog.connect()) {
            client.send("GET /1 HTTP/1.1\r\nHost: 1.0.0.1\r\n\r\n"
                    + "POST /2 HTTP/1.1\r\nHost: b\r\nContent-Length: 15\r\n\r\n\r\nHost: 5.5.5.5"
                    + "GET /3 HTTP/1.1\r\nHost: 2.0.0.1\r\n\r\n"
                    + "GET /4 HTTP/1.1\r\nHost: 1.0.0.1\r\n\r\n");

            assertThat(client.readResponse()).contains("GET /1 HTTP/1.1\r\n", "Host: 1.0.0.1\r\n");
            assertThat(client.readResponse()).contains("POST /2 HTTP/1.1\r\n", "Host: b\r\n");
            assertThat(client.readResponse()).contains("GET /3 HTTP/1.1\r\n", "Host: 2.0.0.1\r\n");
            assertThat(client.readResponse()).contains("GET /4 HTTP/1.1\r\n", "Host: 1.0.0.1\r\n");
        }
    }

    @Test
    void doNotCountWhereTheTargetNamesAHost() throws Exception {
        assertThat(watchdog.responseTo("GET http://10.0.0.1:81/x HTTP/1.1\r\nHost: 10.0.0.2\r\n\r\n"))
                .contains("GET /x HTTP/1.1\r\n", "\r\nHost: 10.0.0.1:81\r\n");
    }
}
