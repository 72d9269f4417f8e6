package dev.fnwatchdog.maven.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @ParameterizedTest(name = "{0} processors are {1}")
    @CsvSource({"100m, 0.1", "1, 1", "2.50, 2.5", "1500m, 1.5", "10, 10"})
    void processorsAreADecimalNumberInCompose(String text, String decimal) {
        assertThat(Quantity.processors("p", text).decimal()).isEqualTo(decimal);
    }

    @ParameterizedTest(name = "{0} of memory are {1}")
    @CsvSource({"256Mi, 256m", "1Gi, 1024m", "1.5Gi, 1536m", "1500Ki, 1500k", "256M, 250000k", "1048577, 1048577b"})
    void memoryIsInTheLargestExactUnitInCompose(String text, String bytes) {
        assertThat(Quantity.memory("p", text).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "1 Gi", "256m", "256MB", "Mi", "1e9", "0x100000", "1023Ki"})
    void memoryThatIsNoneOrLessThanAMebibyteIsRefused(String text) {
        assertThatThrownBy(() -> Quantity.memory("watchdog.manifests.memoryLimit", text))
                .hasMessage(
                        ("watchdog.manifests.memoryLimit=\"%s\" cannot be used: expected an amount of memory of at least"
                                        + " 1Mi, such as 256Mi or 1Gi")
                                .formatted(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0m", "-1", "1 core", "100u"})
    void processorsThatAreNoneAreRefused(String text) {
        assertThatThrownBy(() -> Quantity.processors("watchdog.manifests.cpuLimit", text))
                .hasMessageStartingWith("watchdog.manifests.cpuLimit=\"%s\" cannot be used".formatted(text));
    }

    /** Proves specification 10.7. */
    @Test
    void aRequestBeyondItsLimitIsRefused() {
        assertThatThrownBy(() -> new ContainerResources("1.5", "128Mi", "1000m", "256Mi"))
                .hasMessage(
                        "watchdog.manifests.cpuRequest=\"1.5\" cannot be used: expected no more than the limit, which is 1000m");
        assertThatThrownBy(() -> new ContainerResources("1", "1Gi", "1", "1000M"))
                .hasMessageStartingWith("watchdog.manifests.memoryRequest=\"1Gi\" cannot be used");
    }
}
