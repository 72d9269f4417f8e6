package dev.fnwatchdog.maven.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RawSettingsTest {
    @Test
    void theLastValueOfASettingWinsUnderWhicheverOfItsNamesItIsPut() throws Exception {
        RawSettings settings = new RawSettings(Map.of("function_process", "cat", "HOME", "/home"))
                .put("fprocess", "sort", "<fprocess>");

        assertThat(settings.environment()).containsEntry("fprocess", "sort").containsEntry("HOME", "/home");
        assertThat(settings.environment()).doesNotContainKey("function_process");
        assertThat(settings.parse().mode().name()).isEqualTo("streaming");
    }

    @Test
    void aDefaultIsUsedOnlyWhereNoNameOfTheSettingIsSet() {
        RawSettings settings = new RawSettings(Map.of("function_process", "cat", "port", ""))
                .putDefault("fprocess", "sort")
                .putDefault("port", "0");

        assertThat(settings.value("function_process")).isEqualTo("cat");
        assertThat(settings.value("fprocess")).isEmpty();
        assertThat(settings.value("port")).isEqualTo("0");
    }

    @Test
    void eachMistakeInTheSettingsIsReportedWithItsOrigin() {
        RawSettings settings = new RawSettings(Map.of("read_timeout", "soon"))
                .put("port", "80a", "-Dwatchdog.port")
                .put("exec_timeout", "long", "<settings><exec_timeout>");

        assertThatThrownBy(settings::parse)
                .isInstanceOf(InvalidSettingsException.class)
                .hasMessageContaining("port=\"80a\" cannot be used: expected")
                .hasMessageContaining("It comes from -Dwatchdog.port.")
                .hasMessageContaining("It comes from <settings><exec_timeout>.")
                .hasMessageContaining(
                        "It comes from Maven's own environment; -Dwatchdog.read_timeout=... takes precedence over it.")
                .hasMessageContaining(
                        "Set <settings><fprocess> in the plugin's <configuration>, or -Dwatchdog.fprocess=...");
    }

    /** Proves specification 13.3. */
    @Test
    void theOriginOfASettingIsASystemPropertyThePomOrADefaultUnlessItIsInherited() {
        RawSettings settings = new RawSettings(Map.of("read_timeout", "5s"))
                .put("exec_timeout", "1s", "<settings><exec_timeout>")
                .put("port", "80", "<port>")
                .put("port", "81", "-Dwatchdog.port")
                .putDefault("mode", "inproc");

        assertThat(settings.origins())
                .containsOnly(
                        Map.entry("exec_timeout", "pom: <settings><exec_timeout>"),
                        Map.entry("port", "system property: -Dwatchdog.port"),
                        Map.entry("mode", "default of the goal"));
    }

    @Test
    void relativePathsInSettingsAreResolvedAgainstTheWorkingDirectory() {
        RawSettings settings = new RawSettings(Map.of())
                .put("static_path", "public", "<settings><static_path>")
                .put("function_path", "lib/a.jar:/opt/b.jar", "<settings><function_path>")
                .resolve(Path.of("/home/module"));

        assertThat(settings.value("static_path")).isEqualTo("/home/module/public");
        assertThat(settings.value("function_path")).isEqualTo("/home/module/lib/a.jar:/opt/b.jar");
    }

    /** Maven also prints the message of each cause. */
    @Test
    void aMistakeInTheSettingsIsReportedOnce() {
        RawSettings settings = new RawSettings(Map.of()).put("mode", "none such", "<mode>");

        assertThatThrownBy(settings::parse).hasNoCause();
    }

    @Test
    void aSettingIsKnownUnderEachOfItsNames() {
        assertThat(RawSettings.isKnown("fprocess")).isTrue();
        assertThat(RawSettings.isKnown("function_process")).isTrue();
        assertThat(RawSettings.isKnown("exec_timout")).isFalse();
    }
}
