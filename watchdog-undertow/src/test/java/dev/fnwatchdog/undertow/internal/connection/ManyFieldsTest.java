package dev.fnwatchdog.undertow.internal.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Heads of HTTP/1 with many header fields: any number of different names, at most 127 of one name. Proves specification
 * 3.11.
 */
class ManyFieldsTest {
    private static String head(int fields, String name) {
        return IntStream.range(0, fields)
                .mapToObj(i -> name.formatted(i) + ": " + i + "\r\n")
                .collect(Collectors.joining("", "GET / HTTP/1.1\r\nHost: h\r\n", "\r\n"));
    }

    /** Proves specification 3.11. */
    @ParameterizedTest(name = "{0} fields")
    @ValueSource(ints = {128, 1000})
    void requestWithMoreThan127FieldsOfOneNameIs431(int fields) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            client.send(head(fields, "X-A"));

            assertThat(client.readToEnd()).startsWith("HTTP/1.1 431 ").contains("\r\nConnection: close\r\n");
        }
    }

    /** Proves specification 3.11. */
    @Test
    void requestWithManyFieldsOfDifferentNamesIsServedAndItsConnectionKept() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.send(head(500, "X-%d") + head(127, "X-A")).readWhole())
                        .startsWith("HTTP/1.1 200 ");
                assertThat(client.readWhole()).startsWith("HTTP/1.1 200 ");
            }
        }
    }

    /** Proves specification 7.15. */
    @Test
    void malformedRequestAfterAHeadOfManyFieldsIs400() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.echoingHeads();
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function);
                RawClient client = watchdog.connect()) {
            assertThat(client.send(head(500, "X-%d")).readWhole()).startsWith("HTTP/1.1 200 ");
            client.send("GET / HTTP/1.1\r\nHost: h\r\nbad field: x\r\n\r\n");

            assertThat(client.readToEnd()).startsWith("HTTP/1.1 400 ");
        }
    }
}
