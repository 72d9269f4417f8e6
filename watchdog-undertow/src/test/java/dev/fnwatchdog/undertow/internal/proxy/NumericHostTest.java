package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A {@code Host} that begins with a digit, as in most requests of a gateway, is forwarded as it came, or refused like
 * any other. Proves specification 3.12, 7.15.
 */
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

    /** Proves specification 3.12. */
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
    void numericHostIsForwardedUnchanged(String lines) throws Exception {
        for (String version : new String[] {"1.1", "1.0"}) {
            assertThat(watchdog.responseTo("GET / HTTP/" + version + "\r\n" + lines + "\r\nX-B: 2\r\n\r\n"))
                    .matches("(?s)HTTP/1\\.[01] 200 .*")
                    .contains("\r\nX-B: 2\r\n")
                    .satisfies(response -> assertThat(lines.split("\r\n", -1))
                            .allSatisfy(line -> assertThat(response).contains("\r\n" + line + "\r\n")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Host:127.0.0.1", "Host:   127.0.0.1", "Host:\t127.0.0.1", "Host: 127.0.0.1 \t"})
    void numericHostIsForwardedWithoutSurroundingWhitespace(String line) throws Exception {
        assertThat(watchdog.responseTo("GET / HTTP/1.1\r\n" + line + "\r\n\r\n"))
                .contains("\r\nHost: 127.0.0.1\r\n");
    }

    /** Proves specification 7.15. */
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
    void malformedOrRepeatedNumericHostIs400(String lines) throws Exception {
        assertThat(watchdog.responseTo("GET / HTTP/1.1\r\n" + lines + "\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
    }
}
