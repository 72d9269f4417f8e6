package dev.fnwatchdog.maven.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnativeManifestTest {
    private static Object revision(DeployedFunction function) {
        return ExampleFunction.at(
                ExampleFunction.read(new KnativeManifest(function)).get(0), "spec/template/spec");
    }

    private static Object at(Object document, String path) {
        return ExampleFunction.at(document, path);
    }

    /** Proves specification 10.9. */
    @ParameterizedTest(name = "{0} is spoken to in {1}")
    @CsvSource({"http://127.0.0.1:3000, http1", "h2c://127.0.0.1:50051, h2c", "https://127.0.0.1:8443, http1"})
    void theNameOfThePortSaysWhichHttpTheFunctionSpeaks(String upstream, String name) {
        Object revision = revision(ExampleFunction.http("http_upstream_url", upstream));

        assertThat(at(revision, "containers/0/ports")).isEqualTo(List.of(Map.of("name", name, "containerPort", 8080)));
    }

    /** Proves specification 10.9. */
    @Test
    void asManyRequestsAtOnceAsMaxInflightPermitsReachAContainer() {
        assertThat(at(revision(ExampleFunction.http("max_inflight", "7")), "containerConcurrency"))
                .isEqualTo(7);
        assertThat(revision(ExampleFunction.http())).asString().doesNotContain("containerConcurrency");
    }

    /** Proves specification 10.9. */
    @ParameterizedTest(name = "exec {0}, write {1}, interval {2}: {3} s")
    @CsvSource({"5m, 30s, 30s, 300", "1s, 30s, 30s, 75", "0s, 30s, 30s, 600", "1500ms, 1s, 0s, 16"})
    void theTimeoutIsLongEnoughForARequestAndForAStop(String exec, String write, String interval, int seconds) {
        DeployedFunction function =
                ExampleFunction.http("exec_timeout", exec, "write_timeout", write, "healthcheck_interval", interval);

        assertThat(at(revision(function), "timeoutSeconds")).isEqualTo(seconds);
        assertThat(new KnativeManifest(function).notes()).isEmpty();
    }

    /** Proves specification 10.9. */
    @Test
    void aTimeoutThatOnlyAnAdministratorCanPermitIsNoted() {
        assertThat(new KnativeManifest(ExampleFunction.http("exec_timeout", "20m")).notes())
                .containsExactly(
                        "knative.yaml has timeoutSeconds 1200: max-revision-timeout-seconds of the cluster must be at least as long");
    }

    /** Proves specification 10.9. */
    @ParameterizedTest
    @CsvSource({"port, 8012", "metrics_port, 9090"})
    void aPortOfKnativesOwnProxyIsRefused(String setting, String port) {
        DeployedFunction function = ExampleFunction.http(setting, port);

        assertThatThrownBy(() -> new KnativeManifest(function))
                .hasMessage(("%s=\"%s\" cannot be used: expected a port that is not reserved for Knative's own proxy,"
                                + " or watchdog.manifests.targets without knative")
                        .formatted(setting, port));
    }

    /** Proves specification 10.9. */
    @Test
    void onlyWhatKnativePermitsWithoutSpecialFeaturesIsInTheRevision() {
        Object revision = revision(ExampleFunction.inproc("jwt_auth", "true"));

        assertThat(((Map<?, ?>) revision).keySet()).isEqualTo(Set.of("timeoutSeconds", "containers", "volumes"));
        assertThat(at(revision, "containers/0/env"))
                .isEqualTo(List.of(Map.of("name", "OPENFAAS_NAME", "value", "hello")));
        assertThat(at(revision, "containers/0/securityContext"))
                .isEqualTo(Map.of(
                        "runAsNonRoot",
                        true,
                        "runAsUser",
                        12000,
                        "runAsGroup",
                        12000,
                        "allowPrivilegeEscalation",
                        false,
                        "readOnlyRootFilesystem",
                        true,
                        "capabilities",
                        Map.of("drop", List.of("ALL")),
                        "seccompProfile",
                        Map.of("type", "RuntimeDefault")));
    }
}
