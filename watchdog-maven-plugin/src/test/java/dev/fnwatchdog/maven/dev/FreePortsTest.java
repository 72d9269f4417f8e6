package dev.fnwatchdog.maven.dev;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.maven.config.InvalidSettingsException;
import dev.fnwatchdog.maven.config.RawSettings;
import java.net.ServerSocket;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FreePortsTest {
    private static RawSettings on(String port) {
        return new RawSettings(Map.of("mode", "streaming", "fprocess", "cat", "metrics_port", "0"))
                .put("port", port, "-Dwatchdog.port");
    }

    @Test
    void aPortThatAnotherProgramUsesIsRefusedWithItsOrigin() throws Exception {
        try (ServerSocket other = new ServerSocket(0)) {
            RawSettings given = on(Integer.toString(other.getLocalPort()));

            assertThatThrownBy(() -> FreePorts.check(given.parse(), given))
                    .isInstanceOf(InvalidSettingsException.class)
                    .hasMessageStartingWith("port=\"%d\" cannot be used: expected a free port, or 0 for any free port"
                            .formatted(other.getLocalPort()))
                    .hasMessageEndingWith("It comes from -Dwatchdog.port.");
        }
    }

    @Test
    void aPortOfZeroIsAccepted() {
        RawSettings given = on("0");

        assertThatCode(() -> FreePorts.check(given.parse(), given)).doesNotThrowAnyException();
    }
}
