package dev.fnwatchdog.maven.image;

import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import dev.fnwatchdog.maven.config.InvalidParameterException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;

/**
 * What a user has ordered; what cannot be delivered is refused before anything is done.
 *
 * @param from the base image
 * @param to where the image goes
 * @param name the image's, where {@code to} does not say it
 * @param tags more of them
 * @param platforms one at least
 * @param created written into the image
 */
public record ImageSpecification(
        ImageLocation from,
        ImageLocation to,
        ImageReference name,
        Set<String> tags,
        Set<Platform> platforms,
        ImageFormat format,
        Instant created) {
    private static final String TO = "watchdog.image.to";
    private static final String FROM = "watchdog.image.from";

    public ImageSpecification {
        tags = Set.copyOf(tags);
        platforms = Set.copyOf(platforms);
        for (String tag : tags) {
            if (!ImageReference.isValidTag(tag)) {
                throw new InvalidParameterException(
                        "watchdog.image.tags", tag, "letters, digits, dots, dashes and underscores");
            }
        }
        if (to.is(ImageLocation.Kind.SCRATCH)) {
            throw new InvalidParameterException(TO, "scratch", "tar://path, docker://name or a registry's name");
        }
        if (from.is(ImageLocation.Kind.TAR) && !Files.isRegularFile(Path.of(from.value()))) {
            throw new InvalidParameterException(
                    FROM, "tar://" + from.value(), "a tar that is there, as docker save or podman save writes it");
        }
        if (from.is(ImageLocation.Kind.REGISTRY) || from.is(ImageLocation.Kind.DOCKER)) {
            reference(FROM, from.value());
        }
        if (!to.is(ImageLocation.Kind.TAR)) {
            reference(TO, to.value());
        }
        checkPlatforms(from, to, platforms);
    }

    private static void checkPlatforms(ImageLocation from, ImageLocation to, Set<Platform> platforms) {
        if (platforms.size() < 2) {
            return;
        }
        String all = PlatformNames.join(platforms);
        if (!to.is(ImageLocation.Kind.REGISTRY)) {
            throw new InvalidParameterException(
                    "watchdog.image.platforms",
                    all,
                    "one platform, since only a registry takes several: set watchdog.image.to to a registry's name");
        }
        if (!from.is(ImageLocation.Kind.REGISTRY)) {
            throw new InvalidParameterException(
                    "watchdog.image.platforms",
                    all,
                    "one platform, since only a registry has a base image for several: set watchdog.image.from to one");
        }
    }

    /** For a registry, and for tools that read it from a tar. */
    public ImageReference reference() {
        return to.is(ImageLocation.Kind.TAR) ? name : reference(TO, to.value());
    }

    /** Several are told apart by what is in the base image for each. */
    public boolean forSeveralPlatforms() {
        return platforms.size() > 1;
    }

    public static ImageReference reference(String parameter, String name) {
        try {
            return ImageReference.parse(name);
        } catch (InvalidImageReferenceException e) {
            throw new InvalidParameterException(
                    parameter, name, "an image's name such as registry.example.com/functions/hello:1", e);
        }
    }
}
