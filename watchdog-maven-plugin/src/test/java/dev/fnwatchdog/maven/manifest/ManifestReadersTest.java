package dev.fnwatchdog.maven.manifest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The manifests as those read them for whom they are written. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class ManifestReadersTest {
    @TempDir
    private Path folder;

    private Path written(DeployedFunction function, String file) throws Exception {
        new ManifestFiles(function, "http://127.0.0.1:8080").write(Set.of(ManifestTarget.values()), folder);
        return folder.resolve(file);
    }

    /** Proves specification 10.7. */
    @ParameterizedTest
    @ValueSource(strings = {"1.25", "1.30", "1.37"})
    void theSchemasOfKubernetesAcceptTheDeploymentAndTheService(String version) throws Exception {
        DeployedFunction function = ExampleFunction.with(
                "functions",
                Map.of(
                        "mode", "http",
                        "fprocess", "cat",
                        "http_upstream_url", "h2c://127.0.0.1:50051",
                        "jwt_auth", "true"));

        assertThat(ManifestReaders.kubernetes(version, written(function, "kubernetes.yaml")))
                .isEmpty();
        assertThat(ManifestReaders.kubernetes(version, written(ExampleFunction.inproc(), "kubernetes.yaml")))
                .isEmpty();
    }

    @Test
    void theSchemasOfKubernetesRefuseAFieldThatTheyDoNotKnow() throws Exception {
        Path file = written(ExampleFunction.http(), "kubernetes.yaml");
        Files.writeString(file, Files.readString(file).replace("readOnlyRootFilesystem", "readOnlyRootFileSystem"));

        assertThat(ManifestReaders.kubernetes("1.37", file)).contains("readOnlyRootFileSystem");
    }

    /** Proves specification 10.10, 10.11. */
    @Test
    void faasCliAndDockerComposeReadTheFunctionAsItWasDescribed() throws Exception {
        Path stack = written(ExampleFunction.http("port", "9000"), "stack.yaml");

        JsonNode parsed = ManifestReaders.parsed(stack, folder.resolve("compose.yaml"));

        JsonNode deployed = parsed.at("/stack/Functions/hello");
        assertThat(deployed.at("/SkipBuild").asBoolean()).isTrue();
        assertThat(deployed.at("/ReadOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(deployed.at("/Environment/port").asText()).isEqualTo("8080");
        assertThat(deployed.at("/Limits/Memory").asText()).isEqualTo("256Mi");
        JsonNode service = parsed.at("/compose/services/hello");
        assertThat(service.at("/deploy/resources/limits/memory").asText())
                .isEqualTo(Integer.toString(256 * 1024 * 1024));
        assertThat(service.at("/stop_grace_period").asText()).isEqualTo("1m15s");
        assertThat(service.at("/ports/1/host_ip").asText()).isEqualTo("127.0.0.1");
    }
}
