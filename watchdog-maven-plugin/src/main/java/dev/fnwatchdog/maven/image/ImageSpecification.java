package dev.fnwatchdog.maven.image;

import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import dev.fnwatchdog.maven.config.InvalidParameterException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;

/**
 * The image that the user has specified. What cannot be built is rejected before anything is done.
 *
 * @param from the base image
 * @param to the target
 * @param name the image's name, if {@code to} does not contain it
 * @param tags additional tags
 * @param platforms at least one
 * @param created the creation time in the image
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
                    FROM, "tar://" + from.value(), "an existing tar, as docker save or podman save writes it");
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
                    "one platform, because only a registry takes several: set watchdog.image.to to a registry's name");
        }
        if (!from.is(ImageLocation.Kind.REGISTRY)) {
            throw new InvalidParameterException(
                    "watchdog.image.platforms",
                    all,
                    "one platform, because only a registry has a base image for several: set watchdog.image.from to one");
        }
    }

    /** Returns the image's name in a registry, or for the tools that read it from a tar file. */
    public ImageReference reference() {
        return to.is(ImageLocation.Kind.TAR) ? name : reference(TO, to.value());
    }

    /** Whether the image is for several platforms, for each of which there is a base image. */
    public boolean forSeveralPlatforms() {
        return platforms.size() > 1;
    }

    /**
     * Returns the name of an image that is delivered as a tar. It usually is the project's: a repository must be in lower case, a
     * tag need not be.
     */
    public static ImageReference named(String name) {
        int colon = name.lastIndexOf(':');
        int tag = colon > name.lastIndexOf('/') ? colon : name.length();
        return reference("watchdog.image.name", name.substring(0, tag).toLowerCase(Locale.ROOT) + name.substring(tag));
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
