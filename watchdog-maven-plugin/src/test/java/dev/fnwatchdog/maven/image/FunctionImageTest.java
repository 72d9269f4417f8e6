package dev.fnwatchdog.maven.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FunctionImageTest {
    /** Proves specification 10.4. */
    @ParameterizedTest(name = "{0} with PATH={1}: {2}")
    @CsvSource({
        "java, /opt/java/bin, true",
        "java, /usr/bin:/opt/java/bin, true",
        "java, /usr/bin, false",
        "/opt/java/bin/java, '', true",
        "/opt/java/bin/javac, /opt/java/bin, false",
        "release, /opt/java, false",
        "tool, , true"
    })
    void aCommandIsTheImagesOwnWhereOneOfItsExecutableFilesIsFound(
            String command, @Nullable String path, boolean found) {
        LayerFile java = new LayerFile(Path.of("a"), "/opt/java/bin/java", true);
        LayerFile release = new LayerFile(Path.of("b"), "/opt/java/release", false);
        LayerFile tool = new LayerFile(Path.of("c"), "/usr/local/bin/tool", true);
        FunctionImage image = new FunctionImage(
                List.of(new ImageLayer("files", List.of(java, release, tool))),
                "java",
                List.of(),
                new TreeMap<>(path == null ? Map.of() : Map.of("PATH", path)),
                "12000",
                new TreeSet<>());

        assertThat(image.hasCommand(command)).isEqualTo(found);
    }
}
