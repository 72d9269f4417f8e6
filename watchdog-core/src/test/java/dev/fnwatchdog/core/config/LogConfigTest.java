package dev.fnwatchdog.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LogConfigTest {
    private static final LogConfig DEFAULTS =
            new LogConfig(LogConfig.Format.TEXT, true, 65536, false, false, false, false);

    @Test
    void validLogSettingsAreUsedThoughOtherSettingsAreWrong() {
        assertThat(LogConfig.parseLeniently(
                        Map.of("log_format", "json", "mode", "nosuch", "log_buffer_size", "big", "prefix_logs", "0")))
                .isEqualTo(new LogConfig(LogConfig.Format.JSON, false, 65536, false, false, false, false));
    }

    @Test
    void missingAndWrongLogSettingsFallBackToTheirDefaults() {
        assertThat(LogConfig.parseLeniently(Map.of())).isEqualTo(DEFAULTS);
        assertThat(LogConfig.parseLeniently(Map.of("log_format", "xml"))).isEqualTo(DEFAULTS);
    }
}
