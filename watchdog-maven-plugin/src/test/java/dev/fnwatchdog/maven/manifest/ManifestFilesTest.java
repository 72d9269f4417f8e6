package dev.fnwatchdog.maven.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManifestFilesTest {
    private static final Set<ManifestTarget> ALL = Set.of(ManifestTarget.values());

    @TempDir
    private Path folder;

    private static ManifestFiles files(DeployedFunction function) {
        return new ManifestFiles(function, "http://127.0.0.1:8080");
    }

    /** Proves specification 10.5. */
    @Test
    void eachTargetHasAFileWithTheSameBytesEachTime() throws Exception {
        List<Path> written = files(ExampleFunction.http()).write(ALL, folder).files();
        List<String> first = written.stream().map(ManifestFilesTest::read).toList();

        assertThat(written)
                .extracting(file -> file.getFileName().toString())
                .containsExactly("kubernetes.yaml", "knative.yaml", "stack.yaml", "compose.yaml");
        files(ExampleFunction.http()).write(ALL, folder);
        assertThat(written.stream().map(ManifestFilesTest::read)).isEqualTo(first);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Proves specification 10.5. */
    @Test
    void aFileOfATargetThatIsNoLongerNamedIsDeleted() throws Exception {
        files(ExampleFunction.http()).write(ALL, folder);
        files(ExampleFunction.http()).write(ManifestTarget.parse(List.of("compose")), folder);

        try (Stream<Path> found = Files.list(folder)) {
            assertThat(found).containsExactly(folder.resolve("compose.yaml"));
        }
    }

    /** Proves specification 10.5. */
    @Test
    void nothingIsWrittenWhereOneOfTheTargetsIsRefused() {
        assertThatThrownBy(() -> files(ExampleFunction.http("port", "9090")).write(ALL, folder))
                .hasMessageContaining("port=\"9090\" cannot be used");

        assertThat(folder).isEmptyDirectory();
    }

    /** Proves specification 10.5. */
    @Test
    void anUnknownTargetIsRefused() {
        assertThatThrownBy(() -> ManifestTarget.parse(List.of("kubernetes", "helm")))
                .hasMessage(
                        "watchdog.manifests.targets=\"helm\" cannot be used: expected kubernetes, knative, openfaas and"
                                + " compose, or some of them");
    }
}
