package dev.fnwatchdog.core.process.training;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArchiveKindTest {
    /** Proves specification 14.1. */
    @ParameterizedTest
    @CsvSource({
        "17, -XX:ArchiveClassesAtExit=/a, -XX:SharedArchiveFile=/a",
        "24, -XX:ArchiveClassesAtExit=/a, -XX:SharedArchiveFile=/a",
        "25, -XX:AOTCacheOutput=/a, -XX:AOTCache=/a",
        "26, -XX:AOTCacheOutput=/a, -XX:AOTCache=/a"
    })
    void theVersionOfJavaDeterminesTheOptionsThatMakeAndUseTheArchive(int feature, String make, String use) {
        ArchiveKind kind = ArchiveKind.of(feature);

        assertThat(kind.makeOptions("/a")).endsWith(make);
        assertThat(kind.useOption("/a")).isEqualTo(use);
    }
}
