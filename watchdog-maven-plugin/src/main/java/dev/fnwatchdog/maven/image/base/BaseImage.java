package dev.fnwatchdog.maven.image.base;

import dev.fnwatchdog.maven.image.ImageLocation;
import dev.fnwatchdog.maven.image.ImageSpecification;
import dev.fnwatchdog.maven.image.JibBuild;
import dev.fnwatchdog.maven.image.PlatformNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The base image of an image, which is fetched at most once. */
public final class BaseImage {
    private final ImageSpecification specification;
    private final Path output;
    private final JibBuild jib;

    // Mutable state
    private @Nullable Path fetched;

    /** @param output the folder to which an image from a registry or a daemon is written */
    public BaseImage(ImageSpecification specification, Path output, JibBuild jib) {
        this.specification = specification;
        this.output = output;
        this.jib = jib;
    }

    public boolean isScratch() {
        return specification.from().is(ImageLocation.Kind.SCRATCH);
    }

    /** Whether the image is a file already. */
    boolean isAtHand() {
        return specification.from().is(ImageLocation.Kind.TAR) || fetched != null;
    }

    /** Returns why programs of the image cannot be run on this machine; empty if nothing is known against it. */
    public Optional<String> obstacle() {
        if (specification.forSeveralPlatforms()) {
            return Optional.of("it is for several platforms");
        }
        return specification.platforms().stream().allMatch(PlatformNames::isHere)
                ? Optional.empty()
                : Optional.of("its platform is not the one of this machine");
    }

    /** Returns the image as {@code docker save} writes it; it must not be scratch. */
    public Path file() throws IOException, InterruptedException {
        if (specification.from().is(ImageLocation.Kind.TAR)) {
            return Path.of(specification.from().value());
        }
        Path tar = fetched;
        if (tar == null) {
            tar = output.resolve("base.tar");
            jib.fetchBase(specification, tar);
            fetched = tar;
        }
        return tar;
    }

    @Override
    public String toString() {
        return specification.from().toString();
    }
}
