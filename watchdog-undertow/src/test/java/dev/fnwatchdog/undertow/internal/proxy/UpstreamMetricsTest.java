package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.DevelopedFunction;
import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.Polling;
import dev.fnwatchdog.undertow.fixture.RawClient;
import dev.fnwatchdog.undertow.fixture.RunningWatchdog;
import dev.fnwatchdog.undertow.fixture.ScriptedFunction;
import dev.fnwatchdog.undertow.fixture.TlsCertificate;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests what http mode counts for operators. Proves specification 2.16. */
class UpstreamMetricsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private static void assertError(RunningWatchdog watchdog, String kind) throws Exception {
        assertThat(watchdog.get("/").statusCode()).isEqualTo(500);

        assertThat(watchdog.metrics().lines().filter(line -> line.startsWith("watchdog_upstream_errors_total{")))
                .hasSize(4)
                .allSatisfy(line -> assertThat(line).endsWith(line.contains('"' + kind + '"') ? "} 1" : "} 0"));
    }

    private static double exits(RunningWatchdog watchdog, String reason) throws Exception {
        return watchdog.metric("watchdog_function_exits_total{reason=\"%s\"}".formatted(reason));
    }

    private static double timeouts(RunningWatchdog watchdog, String kind) throws Exception {
        return watchdog.metric("watchdog_timeouts_total{kind=\"%s\"}".formatted(kind));
    }

    @Test
    void aFunctionThatAcceptsNoConnectionIsCountedAsAConnectError() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(FreePort.any(), "startup_wait", "0")) {
            assertError(watchdog, "connect");
        }
    }

    @ParameterizedTest
    @CsvSource({"'', closed", "'HTTP/1.1 2', closed", "'SMTP ready\r\n\r\n', malformed"})
    void aFunctionThatSendsNoResponseIsCountedByWhatItDoes(String sent, String kind) throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> {
                    connection.readHead();
                    connection.send(sent.replace("\\r\\n", "\r\n"));
                    connection.close();
                });
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function)) {
            assertError(watchdog, kind);
        }
    }

    @Test
    void aHandshakeThatFailsIsCountedAsATlsError() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.overTls(TlsCertificate.FUNCTION, RawClient::readHead);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function, "http_upstream_url", "https://localhost:" + function.port())) {
            // No authority that the system trusts has signed the certificate.
            assertError(watchdog, "tls");
        }
    }

    @Test
    void theFunctionProcessIsCountedWhenItStartsAndWhenItEnds() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog =
                        RunningWatchdog.startedInFrontOf(function.port(), "fprocess", "sh -c 'exit 3'")) {
            Polling.until(PATIENCE, () -> exits(watchdog, "failure") == 1);
            assertThat(watchdog.metric("watchdog_function_starts_total")).isEqualTo(1);
            assertThat(exits(watchdog, "stopped")).isZero();
        }
    }

    @Test
    void aFunctionProcessThatANewerVersionReplacesIsCountedAsStopped() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog =
                        DevelopedFunction.start(DevelopedFunction.server(function.port(), "sleep 600"))) {
            DevelopedFunction.replace(watchdog, DevelopedFunction.server(function.port(), "sleep 601"));

            Polling.until(PATIENCE, () -> exits(watchdog, "stopped") == 1);
            assertThat(exits(watchdog, "signal")).isZero();
            assertThat(watchdog.metric("watchdog_function_starts_total")).isEqualTo(2);
        }
    }

    @Test
    void startupWaitThatExpiresIsCounted() throws Exception {
        try (RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(FreePort.any(), "startup_wait", "100ms")) {
            assertError(watchdog, "connect");

            assertThat(timeouts(watchdog, "startup")).isEqualTo(1);
            assertThat(timeouts(watchdog, "exec")).isZero();
        }
    }

    @Test
    void execTimeoutThatExpiresInTheFunctionOrInTheQueueIsCounted() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> connection.readToEnd());
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(
                        function, "exec_timeout", "2s", "max_inflight", "1", "max_waiting", "1");
                RawClient first = watchdog.connect();
                RawClient queued = watchdog.connect()) {
            first.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            Polling.until(PATIENCE, () -> watchdog.metric("http_requests_in_flight") == 1);
            queued.send("GET / HTTP/1.1\r\nHost: h\r\nX-Timeout: 10ms\r\n\r\n");

            assertThat(queued.readResponse()).startsWith("HTTP/1.1 504 ");
            assertThat(first.readResponse()).startsWith("HTTP/1.1 504 ");
            assertThat(timeouts(watchdog, "exec")).isEqualTo(2);
        }
    }

    @Test
    void aProbeThatExpiresIsNotCountedAsARequestsTimeout() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(connection -> connection.readToEnd());
                RunningWatchdog watchdog = RunningWatchdog.startedInFrontOf(
                        function.port(), "exec_timeout", "100ms", "ready_path", "/ready")) {
            Polling.until(PATIENCE, () -> watchdog.get("/_/ready").statusCode() == 504);

            assertThat(timeouts(watchdog, "exec")).isZero();
        }
    }

    @Test
    void readTimeoutThatExpiresInABodyIsCounted() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.respondingWith(OK);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "read_timeout", "100ms");
                RawClient client = watchdog.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhel");

            assertThat(client.readToEnd()).startsWith("HTTP/1.1 408 ");
            assertThat(timeouts(watchdog, "read")).isEqualTo(1);
        }
    }

    @Test
    void writeTimeoutThatExpiresInAResponseIsCounted() throws Exception {
        try (ScriptedFunction function = ScriptedFunction.serving(UpstreamMetricsTest::beginResponse);
                RunningWatchdog watchdog = RunningWatchdog.inFrontOf(function, "write_timeout", "100ms");
                RawClient client = watchdog.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

            assertThat(client.readUntilClosedOrReset()).startsWith("HTTP/1.1 200 ");
            assertThat(timeouts(watchdog, "write")).isEqualTo(1);
            assertThat(timeouts(watchdog, "read") + timeouts(watchdog, "exec")).isZero();
        }
    }

    private static void beginResponse(RawClient connection) throws IOException {
        connection.readHead();
        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        connection.readToEnd();
    }
}
