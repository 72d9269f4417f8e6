package dev.fnwatchdog.maven.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeliveredImageTest {
    @TempDir
    private Path folder;

    private Object json() throws Exception {
        return new ObjectMapper().readValue(folder.resolve("image.json").toFile(), Map.class);
    }

    @Test
    void aPushedImageIsWrittenWithIdAndDigest() throws Exception {
        new DeliveredImage("registry.example.com/hello:1", Set.of("1", "0"), "sha256:12", Optional.of("sha256:34"))
                .write(folder);

        assertThat(json())
                .isEqualTo(Map.of(
                        "image", "registry.example.com/hello:1",
                        "imageId", "sha256:12",
                        "imageDigest", "sha256:34",
                        "tags", List.of("0", "1")));
        assertThat(folder.resolve("image.digest")).hasContent("sha256:34");
    }

    @Test
    void anImageThatIsNotPushedHasNoDigest() throws Exception {
        Files.writeString(folder.resolve("image.digest"), "sha256:of-an-earlier-build");

        new DeliveredImage("hello:1", Set.of("1"), "sha256:12", Optional.empty()).write(folder);

        assertThat(json()).isEqualTo(Map.of("image", "hello:1", "imageId", "sha256:12", "tags", List.of("1")));
        assertThat(folder.resolve("image.digest")).doesNotExist();
    }

    /** Proves specification 10.5. */
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "registry.example.com:5000/functions/hello:1, registry.example.com:5000/functions/hello@sha256:34",
        "registry.example.com:5000/hello, registry.example.com:5000/hello@sha256:34",
        "hello:1, hello@sha256:34"
    })
    void aPushedImageIsPinnedByItsDigestInPlaceOfTheTag(String name, String pinned) throws Exception {
        new DeliveredImage(name, Set.of("1"), "sha256:12", Optional.of("sha256:34")).write(folder);

        assertThat(DeliveredImage.read(folder).map(DeliveredImage::pinned)).contains(pinned);
    }

    /** Proves specification 10.5. */
    @Test
    void anImageThatIsNotPushedKeepsItsName() throws Exception {
        new DeliveredImage("hello:1", Set.of("1"), "sha256:12", Optional.empty()).write(folder);

        assertThat(DeliveredImage.read(folder).map(DeliveredImage::pinned)).contains("hello:1");
    }

    /** Proves specification 10.5. */
    @Test
    void whereNoImageWasBuiltThereIsNoneAndAForeignFileIsRefused() throws Exception {
        assertThat(DeliveredImage.read(folder)).isEmpty();

        Files.writeString(folder.resolve("image.json"), "{}");

        assertThatThrownBy(() -> DeliveredImage.read(folder))
                .hasMessageEndingWith("image.json names no image: build it again with watchdog:image");
    }
}
