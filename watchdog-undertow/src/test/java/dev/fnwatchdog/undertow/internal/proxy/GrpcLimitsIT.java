package dev.fnwatchdog.undertow.internal.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.undertow.fixture.FreePort;
import dev.fnwatchdog.undertow.fixture.GrpcCall;
import dev.fnwatchdog.undertow.fixture.GrpcLanguage;
import dev.fnwatchdog.undertow.fixture.PackagedWatchdog;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The watchdog's own refusals and timeouts, as clients on grpc-java and grpcio see them. Proves specification 3.52, 7.4. */
@Timeout(60)
class GrpcLimitsIT {
    private static PackagedWatchdog.Builder inFrontOfJava(String... settings) {
        int port = FreePort.any();
        return PackagedWatchdog.inFrontOf(GrpcLanguage.JAVA.function(port), port)
                .set("http_upstream_url", "h2c://127.0.0.1:" + port)
                .set(settings);
    }

    /** Proves specification 7.4. */
    @ParameterizedTest(name = "{0} client")
    @EnumSource
    void callBeyondMaxInflightIsResourceExhausted(GrpcLanguage client) throws Exception {
        try (PackagedWatchdog watchdog = inFrontOfJava("max_inflight", "1").startReady()) {
            assertThat(client.call(watchdog.port(), GrpcCall.SECOND_CALL)).containsExactly("1", "RESOURCE_EXHAUSTED");

            assertThat(watchdog.awaitLine("POST /probe.Probe/Echo")).contains(" - 429 ");
        }
    }

    /** Proves specification 7.4. */
    @ParameterizedTest(name = "{0} client")
    @EnumSource
    void callThatTheFunctionDoesNotAnswerWithinExecTimeoutIsDeadlineExceeded(GrpcLanguage client) throws Exception {
        try (PackagedWatchdog watchdog = inFrontOfJava("exec_timeout", "1s").startReady()) {
            assertThat(client.call(watchdog.port(), GrpcCall.UNANSWERED)).containsExactly("DEADLINE_EXCEEDED");

            assertThat(watchdog.awaitLine("POST /probe.Probe/Hang")).contains(" - 504 ");
        }
    }

    /** Proves specification 7.4. */
    @ParameterizedTest(name = "{0} client")
    @EnumSource
    void callToAFunctionThatDoesNotListenIsUnavailable(GrpcLanguage client) throws Exception {
        int port = FreePort.any();
        try (PackagedWatchdog watchdog = PackagedWatchdog.inFrontOf("sleep 600", port, "startup_wait", "0")
                .set("http_upstream_url", "h2c://127.0.0.1:" + port)
                .start()) {
            watchdog.awaitLine("Listening on port: ");

            assertThat(client.call(watchdog.port(), GrpcCall.FAILING_CALL)).containsExactly("UNAVAILABLE");

            assertThat(watchdog.awaitLine("POST /probe.Probe/Echo")).contains(" - 500 ");
        }
    }

    /** Proves specification 3.52. */
    @ParameterizedTest(name = "{0} client")
    @EnumSource
    void conversationThatIsNeverIdleOutlivesReadTimeoutAndWriteTimeout(GrpcLanguage client) throws Exception {
        try (PackagedWatchdog watchdog =
                inFrontOfJava("read_timeout", "2s", "write_timeout", "2s").startReady()) {
            assertThat(client.call(watchdog.port(), GrpcCall.SLOW_CONVERSATION))
                    .containsExactly("<0>", "<1>", "<2>", "<3>", "<4>", "<5>", "<6>", "<7>", "<8>", "<9>", "end");
        }
    }

    /** Proves specification 3.52. */
    @ParameterizedTest(name = "{0} client")
    @EnumSource
    void serverStreamThatIsNeverIdleOutlivesWriteTimeout(GrpcLanguage client) throws Exception {
        try (PackagedWatchdog watchdog =
                inFrontOfJava("read_timeout", "2s", "write_timeout", "2s").startReady()) {
            assertThat(client.call(watchdog.port(), GrpcCall.SLOW_DOWNLOAD)).containsExactly("1", "2", "3", "4", "5");
        }
    }
}
