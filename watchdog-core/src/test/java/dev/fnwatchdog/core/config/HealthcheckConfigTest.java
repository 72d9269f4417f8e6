package dev.fnwatchdog.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proves specification 1.23. */
class HealthcheckConfigTest {
    @Test
    void aHealthcheckNeedsNoSettingThatTheWatchdogNeeds() {
        assertThat(HealthcheckConfig.parse(Map.of())).isEqualTo(new HealthcheckConfig(true, 8080, Path.of("/tmp")));
    }

    @Test
    void aHealthcheckReadsSuppressLockPortAndTmpdir() {
        assertThat(HealthcheckConfig.parse(Map.of("suppress_lock", "1", "port", "8090", "TMPDIR", "/run")))
                .isEqualTo(new HealthcheckConfig(false, 8090, Path.of("/run")));
    }

    @Test
    void aHealthcheckIgnoresMistakesInSettingsThatItDoesNotRead() {
        assertThat(HealthcheckConfig.parse(Map.of("mode", "nosuch", "exec_timeout", "soon", "port", "0")))
                .isEqualTo(new HealthcheckConfig(true, 0, Path.of("/tmp")));
    }

    @Test
    void aHealthcheckReportsAllMistakesInTheSettingsThatItReads() {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> HealthcheckConfig.parse(Map.of("suppress_lock", "maybe", "port", "http")))
                .withMessage("""
                        suppress_lock="maybe" cannot be used: expected true or 1, false or 0
                        port="http" cannot be used: expected a port from 0 to 65535""");
    }

    @Test
    void aHealthcheckWithSuppressLockRefusesPortZero() {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> HealthcheckConfig.parse(Map.of("suppress_lock", "true", "port", "0")))
                .withMessageStartingWith("port=\"0\" cannot be used: expected the port on which the watchdog listens");
    }
}
