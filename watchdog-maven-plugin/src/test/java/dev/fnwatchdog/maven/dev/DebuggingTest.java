package dev.fnwatchdog.maven.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.maven.config.RawSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.maven.plugin.logging.SystemStreamLog;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DebuggingTest {
    @ParameterizedTest
    @CsvSource({"'', 5005", "true, 5005", "TRUE, 5005", "8000, 8000"})
    void theDebugParameterMakesTheJvmListenForADebugger(String wanted, int port) throws Exception {
        assertThat(Debugging.arguments(wanted, false))
                .containsExactly("-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=" + port);
    }

    @Test
    void withoutTheDebugParameterTheJvmDoesNotListenForADebugger() throws Exception {
        assertThat(Debugging.arguments(null, true)).isEmpty();
        assertThat(Debugging.arguments("false", true)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"maybe", "0", "65536", "-1"})
    void aDebugParameterThatIsNeitherABooleanNorAPortIsRefused(String wanted) {
        assertThatThrownBy(() -> Debugging.arguments(wanted, false))
                .hasMessage(
                        "watchdog.debug=\"%s\" cannot be used: expected true, false or a port from 1 to 65535", wanted);
    }

    @Test
    void theJvmWaitsForTheDebuggerIfItIsToldTo() throws Exception {
        assertThat(Debugging.arguments("true", true))
                .containsExactly("-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=5005");
    }

    @Test
    void noRequestTimesOutWhileAFunctionIsDebugged() throws Exception {
        RawSettings settings = new RawSettings(
                Map.of("mode", "streaming", "fprocess", "cat", "exec_timeout", "1s", "write_timeout", "7s"));
        List<String> lines = new ArrayList<>();

        Debugging.withoutTimeouts(settings, settings.parse().timeouts(), new SystemStreamLog() {
            @Override
            public void info(CharSequence line) {
                lines.add(line.toString());
            }
        });

        assertThat(settings.parse().timeouts())
                .isEqualTo(new Timeouts(Duration.ZERO, Duration.ZERO, Duration.ofHours(24), Duration.ofSeconds(7)));
        assertThat(lines)
                .containsExactly("Because of watchdog.debug no request times out: exec_timeout, read_timeout and"
                        + " write_timeout are off.");
    }
}
