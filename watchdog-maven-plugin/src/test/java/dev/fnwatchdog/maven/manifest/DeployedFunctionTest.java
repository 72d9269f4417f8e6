package dev.fnwatchdog.maven.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeployedFunctionTest {
    /** Proves specification 10.5. */
    @ParameterizedTest
    @ValueSource(strings = {"", "Hello", "1hello", "hello-", "hello_world", "com.example"})
    void aNameThatKubernetesRefusesIsRefused(String name) {
        assertThatThrownBy(() -> DnsLabel.parse("watchdog.manifests.name", name))
                .hasMessageStartingWith("watchdog.manifests.name=\"%s\" cannot be used: expected".formatted(name));
        assertThatThrownBy(() -> DnsLabel.parse("watchdog.manifests.name", "h".repeat(64)))
                .hasMessageContaining("63");
    }

    /** Proves specification 10.5. */
    @ParameterizedTest
    @ValueSource(strings = {"port", "metrics_port"})
    void anyFreePortIsRefused(String setting) {
        assertThatThrownBy(() -> ExampleFunction.http(setting, "0"))
                .hasMessage(setting
                        + "=\"0\" cannot be used: expected a port from 1 to 65535, because the manifests name it");
    }

    /** Proves specification 10.7. */
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"12000, 12000:12000", "1000:500, 1000:500"})
    void theGroupOfAUserIsItsOwnUnlessItIsNamed(String text, String user) {
        assertThat(NonRootUser.parse(text)).hasToString(user);
    }

    /** Proves specification 10.7. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "root", "app", "12000:0", "12000:staff", "00", ""})
    void aUserThatCouldBeRootIsRefused(String user) {
        assertThatThrownBy(() -> NonRootUser.parse(user))
                .hasMessageStartingWith("watchdog.image.user=\"%s\" cannot be used: expected a number".formatted(user));
    }

    /** Proves specification 10.7. */
    @Test
    void anImageThatKnowsItsNameNeedsNoneFromTheDeployment() {
        Map<String, String> settings = Map.of(
                "mode",
                "inproc",
                "handler",
                "a.B",
                "jwt_auth",
                "true",
                "OPENFAAS_NAME",
                "a",
                "OPENFAAS_NAMESPACE",
                "b");

        assertThat(ExampleFunction.with("", settings).needsIdentity()).isFalse();
    }
}
