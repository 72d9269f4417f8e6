package dev.fnwatchdog.undertow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Contract 4: one process per request, its input and output the bodies of the two. */
class RunsProcessesTest {
    @ParameterizedTest
    @EnumSource
    void answersWithWhatTheProcessPrints(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("echo hello");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

            assertThat(client.readToEnd())
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .contains("\r\nContent-Type: application/octet-stream\r\n", "hello\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void givesItTheBody(ForkingWatchdog mode) throws Exception {
        try (RunningWatchdog watchdog = mode.starting("cat")) {
            for (int i = 0; i < 20; i++) {
                assertThat(watchdog.send(watchdog.request("/")
                                        .POST(java.net.http.HttpRequest.BodyPublishers.ofString("body " + i))
                                        .build())
                                .body())
                        .isEqualTo("body " + i);
            }
        }
    }
}
