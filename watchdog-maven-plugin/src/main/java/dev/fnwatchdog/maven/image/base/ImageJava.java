package dev.fnwatchdog.maven.image.base;

import dev.fnwatchdog.maven.config.InvalidParameterException;
import dev.fnwatchdog.maven.image.FunctionImage;
import java.io.IOException;
import java.util.Optional;

/**
 * The Java that an image needs, in its base image or among its own files (specification 10.4).
 *
 * @param needed the feature version that the watchdog, and a function in its JVM, need
 */
public record ImageJava(BaseImage base, FunctionImage image, int needed) {
    private static final String FROM = "watchdog.image.from";

    /**
     * Refuses an image without a Java, or with one that is too old.
     *
     * @param fetch whether to fetch a base image that is not a file yet
     * @return why nothing is known of the image's Java; empty if it has one
     */
    public Optional<String> check(boolean fetch) throws IOException, InterruptedException {
        if (image.hasCommand(image.java())) {
            return Optional.empty();
        }
        if (base.isScratch()) {
            throw new InvalidParameterException(
                    FROM,
                    "scratch",
                    "a base image with Java, or a Java in watchdog.image.files with its command in watchdog.image.java");
        }
        if (!base.isAtHand() && (!fetch || base.obstacle().isPresent())) {
            return Optional.of("the base image %s was not inspected".formatted(base));
        }
        check(BaseJava.in(base.file(), image.java()));
        return Optional.empty();
    }

    private void check(BaseJava java) {
        if (!java.exists()) {
            throw new InvalidParameterException(
                    FROM, base.toString(), "a base image with Java; this one has no %s".formatted(image.java()));
        }
        Optional<JavaRelease> release = java.release();
        if (release.isPresent() && release.get().feature() < needed) {
            throw new InvalidParameterException(
                    FROM,
                    base.toString(),
                    "a base image with Java %d or later; its Java is %s".formatted(needed, release.get()));
        }
    }
}
