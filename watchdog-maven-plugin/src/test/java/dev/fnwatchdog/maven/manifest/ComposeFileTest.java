package dev.fnwatchdog.maven.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComposeFileTest {
    @SuppressWarnings("unchecked")
    private static Map<String, Object> service(DeployedFunction function) {
        return (Map<String, Object>) ExampleFunction.at(
                ExampleFunction.read(new ComposeFile(function)).get(0), "services/hello");
    }

    /** Proves specification 10.11. */
    @Test
    void theServiceHasTheSameRestrictionsAsInKubernetes() {
        Map<String, Object> service = service(ExampleFunction.http());

        assertThat(service)
                .containsEntry("user", "12000:12000")
                .containsEntry("read_only", true)
                .containsEntry("tmpfs", List.of("/tmp"))
                .containsEntry("cap_drop", List.of("ALL"))
                .containsEntry("security_opt", List.of("no-new-privileges:true"))
                .containsEntry("init", true)
                .containsEntry("stop_grace_period", "75s")
                .containsEntry("ports", List.of("8080:8080", "127.0.0.1:8081:8081"))
                .doesNotContainKey("environment");
        assertThat(ExampleFunction.at(service, "deploy/resources"))
                .isEqualTo(Map.of(
                        "limits", Map.of("cpus", "1", "memory", "256m"),
                        "reservations", Map.of("cpus", "0.1", "memory", "128m")));
        assertThat(ExampleFunction.at(service, "healthcheck/test"))
                .isEqualTo(List.of("CMD", "java", "--run-healthcheck"));
    }

    /** Proves specification 10.11. */
    @Test
    void aFunctionInTheWatchdogsOwnJvmNeedsNoInitProcess() {
        assertThat(service(ExampleFunction.inproc())).doesNotContainKey("init");
    }

    /** Proves specification 10.11. */
    @Test
    void tokensAreCheckedForTheNamespaceOfTheParameterWhichIsRequired() {
        Map<String, String> settings =
                Map.of("mode", "inproc", "handler", "a.B", "jwt_auth", "true", "OPENFAAS_NAMESPACE", "fn");

        assertThat(ExampleFunction.at(service(ExampleFunction.with("fn", settings)), "environment"))
                .isEqualTo(Map.of("OPENFAAS_NAME", "hello", "OPENFAAS_NAMESPACE", "fn"));
        assertThatThrownBy(() -> service(ExampleFunction.with("", settings)))
                .hasMessageStartingWith("watchdog.manifests.namespace=\"\" cannot be used: expected the namespace");
    }
}
