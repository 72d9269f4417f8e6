package dev.fnwatchdog.maven.image.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BaseJavaTest {
    @TempDir
    private Path folder;

    private BaseJava in(Map<String, String> files) throws IOException {
        return BaseJava.in(BaseTar.write(folder.resolve("base.tar"), files), "java");
    }

    /** Proves specification 10.4. */
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "opt/java/lib/modules, true",
        "./opt/java/lib/modules, true",
        "usr/bin/java, true",
        "/usr/bin/java, true",
        "java, true",
        "usr/bin/javac, false",
        "lib/modules.dep, false",
        "etc/java/config, false"
    })
    void anImageHasJavaWhereThereIsTheCommandOrARunTimeImage(String file, boolean exists) throws IOException {
        assertThat(in(Map.of(file, "x")).exists()).isEqualTo(exists);
    }

    /** Proves specification 10.4. */
    @Test
    void theVersionIsThatOfTheReleaseFileOfJavaAndOfNoOther() throws IOException {
        BaseJava java = in(Map.of(
                "opt/java/release", "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"17.0.15\"\nJAVA_RUNTIME_VERSION=\"17.0.15+6\"\n",
                "etc/release", "VERSION=12\n"));

        assertThat(java.release()).contains(new JavaRelease("17.0.15", "17.0.15+6"));
        assertThat(in(Map.of("usr/bin/java", "x")).release()).isEmpty();
    }

    @Test
    void aCommandAloneIsNoJavaThatCouldBeExtracted() throws IOException {
        BaseJava java = in(Map.of("usr/bin/java", "x"));

        assertThatThrownBy(() -> java.extract(folder.resolve("java")))
                .hasMessage("there is no complete Java in the base image");
    }

    /** Proves specification 10.4. */
    @ParameterizedTest(name = "{0} {1} and {2}: {3}")
    @CsvSource({
        "17.0.15, 17.0.15+6, 17.0.15+6, true",
        "17.0.15, 17.0.15+6, 17.0.15+6-Debian, false",
        "17.0.15, '', 17.0.15+6-Debian, true",
        "17.0.15, '', 17.0.15, true",
        "17.0.1, '', 17.0.15+6, false",
        "25, '', 25.0.3+9, false",
        "25, '', 25+36, true"
    })
    void anArchiveOfClassesNeedsTheSameBuildAsFarAsItIsKnown(String version, String build, String other, boolean same) {
        JavaHome home = new JavaHome(Path.of("java"), 17, other);

        assertThat(new JavaRelease(version, build).isThatOf(home)).isEqualTo(same);
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({"17.0.15, 17", "25, 25", "26-ea, 26"})
    void theFeatureVersionIsTheFirstNumber(String version, int feature) {
        assertThat(new JavaRelease(version, "").feature()).isEqualTo(feature);
    }
}
