package dev.fnwatchdog.maven.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubernetesManifestTest {
    private static final String POD = "spec/template/spec/";
    private static final String CONTAINER = POD + "containers/0/";

    private static Object deployment(DeployedFunction function) {
        return ExampleFunction.read(new KubernetesManifest(function)).get(0);
    }

    private static Object service(DeployedFunction function) {
        return ExampleFunction.read(new KubernetesManifest(function)).get(1);
    }

    private static Object at(Object document, String path) {
        return ExampleFunction.at(document, path);
    }

    /** Proves specification 10.7. */
    @Test
    void theDeploymentRunsTheImageWithoutPrivilegesOnAReadOnlyFileSystem() {
        Object deployment = deployment(ExampleFunction.http());

        assertThat(at(deployment, CONTAINER + "image"))
                .isEqualTo("registry.example.com/functions/hello@sha256:" + "ab".repeat(32));
        assertThat(at(deployment, POD + "securityContext"))
                .isEqualTo(Map.of(
                        "runAsNonRoot",
                        true,
                        "runAsUser",
                        12000,
                        "runAsGroup",
                        12000,
                        "seccompProfile",
                        Map.of("type", "RuntimeDefault")));
        assertThat(at(deployment, CONTAINER + "securityContext"))
                .isEqualTo(Map.of(
                        "allowPrivilegeEscalation",
                        false,
                        "readOnlyRootFilesystem",
                        true,
                        "capabilities",
                        Map.of("drop", List.of("ALL"))));
        assertThat(at(deployment, POD + "automountServiceAccountToken")).isEqualTo(false);
    }

    /** Proves specification 10.7. */
    @Test
    void theTemporaryFolderIsAVolumeOfItsOwn() {
        Object deployment = deployment(ExampleFunction.inproc("TMPDIR", "/scratch"));

        assertThat(at(deployment, POD + "volumes")).isEqualTo(List.of(Map.of("name", "tmp", "emptyDir", Map.of())));
        assertThat(at(deployment, CONTAINER + "volumeMounts"))
                .isEqualTo(List.of(Map.of("name", "tmp", "mountPath", "/scratch")));
    }

    /** Proves specification 10.7. */
    @Test
    void filesWithoutALockFileNeedNoTemporaryFolder() {
        DeployedFunction files =
                ExampleFunction.with("", Map.of("mode", "static", "static_path", "/", "suppress_lock", "true"));

        assertThat(at(deployment(files), "spec/template/spec")).asString().doesNotContain("volumes");
        assertThat(at(deployment(files), CONTAINER.substring(0, CONTAINER.length() - 1)))
                .asString()
                .doesNotContain("volumeMounts");
    }

    /** Proves specification 10.8. */
    @Test
    void theProbesAskForHealthAndReadiness() {
        Object container = at(deployment(ExampleFunction.http("ready_path", "/ready")), POD + "containers/0");

        assertThat(at(container, "livenessProbe/httpGet")).isEqualTo(Map.of("path", "/_/health", "port", 8080));
        assertThat(at(container, "startupProbe/httpGet")).isEqualTo(Map.of("path", "/_/health", "port", 8080));
        assertThat(at(container, "readinessProbe/httpGet")).isEqualTo(Map.of("path", "/_/ready", "port", 8080));
        assertThat(at(container, "readinessProbe/timeoutSeconds")).isEqualTo(5);
    }

    /** Proves specification 10.8. */
    @ParameterizedTest(name = "within {0}: {2} failures at intervals of {1} s")
    @CsvSource({"30s, 10, 3", "2m, 10, 3", "5s, 1, 3", "12s, 4, 3", "2s, 1, 2", "1s, 1, 1", "300ms, 10, 3", "0s, 10, 3"
    })
    void theReadinessProbeFailsBeforeTheHealthcheckIntervalIsOver(String interval, int period, int failures) {
        Object container = at(deployment(ExampleFunction.http("healthcheck_interval", interval)), POD + "containers/0");

        assertThat(at(container, "readinessProbe/periodSeconds")).isEqualTo(period);
        assertThat(at(container, "readinessProbe/failureThreshold")).isEqualTo(failures);
    }

    /** Proves specification 10.7, 10.8. */
    @Test
    void portsAndScrapeAnnotationsFollowTheSettings() {
        DeployedFunction function = ExampleFunction.http("port", "9000", "metrics_port", "9001");

        assertThat(at(deployment(function), CONTAINER + "ports"))
                .isEqualTo(List.of(
                        Map.of("name", "http", "containerPort", 9000, "protocol", "TCP"),
                        Map.of("name", "metrics", "containerPort", 9001, "protocol", "TCP")));
        assertThat(at(deployment(function), "spec/template/metadata/annotations"))
                .isEqualTo(Map.of(
                        "prometheus.io/scrape", "true",
                        "prometheus.io/port", "9001",
                        "prometheus.io/path", "/metrics"));
        assertThat(at(service(function), "spec/ports/0"))
                .isEqualTo(Map.of("name", "http", "port", 9000, "targetPort", "http", "protocol", "TCP"));
        assertThat(at(service(function), "spec/selector"))
                .isEqualTo(at(deployment(function), "spec/selector/matchLabels"));
    }

    /** Proves specification 10.7. */
    @Test
    void theServiceOfAFunctionThatSpeaksHttp2SaysSo() {
        DeployedFunction function = ExampleFunction.http("http_upstream_url", "h2c://127.0.0.1:50051");

        assertThat(at(service(function), "spec/ports/0/appProtocol")).isEqualTo("kubernetes.io/h2c");
    }

    /** Proves specification 10.7. */
    @Test
    void requestsAndLimitsAreThoseOfTheParameters() {
        assertThat(at(deployment(ExampleFunction.http()), CONTAINER + "resources"))
                .isEqualTo(Map.of(
                        "requests", Map.of("cpu", "100m", "memory", "128Mi"),
                        "limits", Map.of("cpu", "1", "memory", "256Mi")));
    }

    /** Proves specification 10.7. */
    @Test
    void tokensAreCheckedForTheNameAndNamespaceOfTheDeployment() {
        Object deployment = deployment(ExampleFunction.http("jwt_auth", "true"));

        assertThat(at(deployment, CONTAINER + "env"))
                .isEqualTo(List.of(
                        Map.of("name", "OPENFAAS_NAME", "value", "hello"),
                        Map.of(
                                "name",
                                "OPENFAAS_NAMESPACE",
                                "valueFrom",
                                Map.of("fieldRef", Map.of("fieldPath", "metadata.namespace")))));
    }

    /** Proves specification 10.7. */
    @Test
    void theVersionIsALabelIfKubernetesAcceptsIt() {
        assertThat(at(deployment(ExampleFunction.http()), "metadata/labels"))
                .isEqualTo(Map.of("app.kubernetes.io/name", "hello", "app.kubernetes.io/version", "1.2"));
    }
}
