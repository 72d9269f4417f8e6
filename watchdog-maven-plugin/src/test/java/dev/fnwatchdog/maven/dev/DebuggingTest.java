package dev.fnwatchdog.maven.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DebuggingTest {
    @ParameterizedTest
    @CsvSource({"'', 5005", "true, 5005", "TRUE, 5005", "8000, 8000"})
    void theDebugParameterMakesTheJvmWaitForADebugger(String wanted, int port) throws Exception {
        assertThat(Debugging.arguments(wanted))
                .containsExactly("-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,address=" + port);
    }

    @Test
    void withoutTheDebugParameterTheJvmDoesNotWaitForADebugger() throws Exception {
        assertThat(Debugging.arguments(null)).isEmpty();
        assertThat(Debugging.arguments("false")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"maybe", "0", "65536", "-1"})
    void aDebugParameterThatIsNeitherABooleanNorAPortIsRefused(String wanted) {
        assertThatThrownBy(() -> Debugging.arguments(wanted))
                .hasMessage(
                        "watchdog.debug=\"%s\" cannot be used: expected true, false or a port from 1 to 65535", wanted);
    }
}
