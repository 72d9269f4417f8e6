package dev.fnwatchdog.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HealthcheckConfigTest {
    @Test
    void needsNoneOfTheSettingsThatAWatchdogNeeds() {
        assertThat(HealthcheckConfig.parse(Map.of())).isEqualTo(new HealthcheckConfig(true, 8080, Path.of("/tmp")));
    }

    @Test
    void readsWhereTheWatchdogIsFound() {
        assertThat(HealthcheckConfig.parse(Map.of("suppress_lock", "1", "port", "8090", "TMPDIR", "/run")))
                .isEqualTo(new HealthcheckConfig(false, 8090, Path.of("/run")));
    }

    @Test
    void passesOverMistakesThatAreNoneOfItsConcern() {
        assertThat(HealthcheckConfig.parse(Map.of("mode", "nosuch", "exec_timeout", "soon", "port", "0")))
                .isEqualTo(new HealthcheckConfig(true, 0, Path.of("/tmp")));
    }

    @Test
    void tellsEveryMistakeOfItsOwn() {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> HealthcheckConfig.parse(Map.of("suppress_lock", "maybe", "port", "http")))
                .withMessage("""
                        suppress_lock="maybe" cannot be used: expected true or 1, false or 0
                        port="http" cannot be used: expected a port from 0 to 65535""");
    }

    @Test
    void cannotAskAWatchdogThatChoseItsPortItself() {
        assertThatExceptionOfType(InvalidConfigException.class)
                .isThrownBy(() -> HealthcheckConfig.parse(Map.of("suppress_lock", "true", "port", "0")))
                .withMessageStartingWith("port=\"0\" cannot be used: expected the port that the watchdog listens on");
    }
}
