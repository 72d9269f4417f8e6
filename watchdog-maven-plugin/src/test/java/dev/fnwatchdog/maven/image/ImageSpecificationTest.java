package dev.fnwatchdog.maven.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import dev.fnwatchdog.maven.config.InvalidParameterException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageSpecificationTest {
    private static final Path PROJECT = Path.of("/project");
    private static final List<String> BOTH = List.of("linux/amd64", "linux/arm64");

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "scratch, SCRATCH, ''",
        "tar://target/a.tar, TAR, /project/target/a.tar",
        "tar:///tmp/a.tar, TAR, /tmp/a.tar",
        "docker://hello:1, DOCKER, hello:1",
        "registry://example.com/hello, REGISTRY, example.com/hello",
        "eclipse-temurin:17-jre, REGISTRY, eclipse-temurin:17-jre"
    })
    void theLocationOfAnImageIsRecognizedByItsPrefix(String text, ImageLocation.Kind kind, String value) {
        assertThat(ImageLocation.parse(text, PROJECT)).isEqualTo(new ImageLocation(kind, value));
    }

    @ParameterizedTest(name = "{0} gives {1}")
    @CsvSource({
        "Hello:1.0-SNAPSHOT, hello:1.0-SNAPSHOT",
        "Registry.example.com:5000/My/Hello:RC1, registry.example.com:5000/my/hello:RC1",
        "registry.example.com:5000/Hello, registry.example.com:5000/hello"
    })
    void theNameOfAnImageIsInLowerCaseAndItsTagIsKept(String name, String reference) throws Exception {
        assertThat(ImageSpecification.named(name)).isEqualTo(ImageReference.parse(reference));
    }

    @Test
    void severalPlatformsAreAcceptedFromARegistryToARegistry() {
        assertThat(order("example.com/base:1", "example.com/hello:1", BOTH, Set.of())
                        .forSeveralPlatforms())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource({"example.com/base:1, tar://a.tar", "example.com/base:1, docker://hello", "scratch, example.com/hello"})
    void severalPlatformsAreRefusedUnlessBothImagesAreInARegistry(String from, String to) {
        assertThatThrownBy(() -> order(from, to, BOTH, Set.of()))
                .isInstanceOf(InvalidParameterException.class)
                .hasMessageContaining("watchdog.image.platforms=\"linux/amd64,linux/arm64\" cannot be used");
    }

    @Test
    void aBaseImageThatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> order("tar://none.tar", "tar://a.tar", List.of("linux/amd64"), Set.of()))
                .hasMessageContaining("watchdog.image.from=\"tar:///project/none.tar\" cannot be used");
    }

    @Test
    void aTagThatNoRegistryAcceptsIsRefused() {
        assertThatThrownBy(() -> order("scratch", "tar://a.tar", List.of("linux/amd64"), Set.of("a b")))
                .hasMessageContaining("watchdog.image.tags=\"a b\" cannot be used");
    }

    @ParameterizedTest
    @ValueSource(strings = {"linux", "amd64/", "linux/arm/v7", ""})
    void aMalformedPlatformIsRefused(String name) {
        assertThatThrownBy(() -> PlatformNames.parse(List.of(name)))
                .hasMessageStartingWith("watchdog.image.platforms=\"%s\" cannot be used".formatted(name));
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "'', 1970-01-01T00:00:00Z",
        "x, 1970-01-01T00:00:00Z",
        "1767225600, 2026-01-01T00:00:00Z",
        "2026-01-01T01:00:00+01:00, 2026-01-01T00:00:00Z"
    })
    void theCreationTimeOfAnImageIsReadInTheFormsThatMavenWrites(String text, Instant expected) {
        assertThat(CreationTime.parse(text)).isEqualTo(expected);
    }

    @Test
    void aMalformedCreationTimeOfAnImageIsRefused() {
        assertThatThrownBy(() -> CreationTime.parse("yesterday"))
                .hasMessageContaining("watchdog.image.created=\"yesterday\" cannot be used");
    }

    private static ImageSpecification order(String from, String to, List<String> platforms, Set<String> tags) {
        return new ImageSpecification(
                ImageLocation.parse(from, PROJECT),
                ImageLocation.parse(to, PROJECT),
                ImageReference.of("", "hello", "1"),
                tags,
                PlatformNames.parse(platforms),
                ImageFormat.Docker,
                Instant.EPOCH);
    }
}
