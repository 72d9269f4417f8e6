package dev.fnwatchdog.maven.image.archive;

import dev.fnwatchdog.maven.config.InvalidParameterException;
import dev.fnwatchdog.maven.image.ClassArchive;
import dev.fnwatchdog.maven.image.ExplodedLayers;
import dev.fnwatchdog.maven.image.FunctionImage;
import dev.fnwatchdog.maven.image.PlannedImage;
import dev.fnwatchdog.maven.image.base.BaseImage;
import dev.fnwatchdog.maven.image.base.BaseJava;
import dev.fnwatchdog.maven.image.base.JavaHome;
import dev.fnwatchdog.maven.image.base.JavaRelease;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes a class archive for an image, with the image's own Java. */
public record ImageArchive(BaseImage base, Path output) {
    /** The reason why there is no archive; the image works without it. */
    public static final class NoArchiveException extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient @Nullable JavaHome java;

        NoArchiveException(String message) {
            super(message);
            this.java = null;
        }

        NoArchiveException(IOException cause, @Nullable JavaHome java) {
            super(String.valueOf(cause.getMessage()), cause);
            this.java = java;
        }

        /** Returns the image's Java, if it runs on this machine. */
        public Optional<JavaHome> java() {
            return Optional.ofNullable(java);
        }
    }

    /**
     * Makes the archive.
     *
     * @param byBuild whether the Java that runs Maven is the image's
     * @param exploded the image's layers as {@link ExplodedLayers} writes them
     */
    public ClassArchive make(boolean byBuild, PlannedImage plan, Path exploded)
            throws NoArchiveException, IOException, InterruptedException {
        Optional<String> obstacle = base.obstacle();
        if (obstacle.isPresent()) {
            throw new NoArchiveException(obstacle.get());
        }
        JavaHome java = byBuild ? javaOfThisBuild(plan.image()) : javaOfTheBase(plan.image());
        try {
            return new TrainingRun(java, output.resolve("archive")).run(exploded, plan);
        } catch (IOException e) {
            throw new NoArchiveException(e, java);
        }
    }

    /** Returns Maven's Java, if nothing is known against its being the image's: another one cannot use the archive. */
    private JavaHome javaOfThisBuild(FunctionImage image) throws IOException, InterruptedException {
        JavaHome java = JavaHome.ofThisBuild();
        if (base.isScratch() || image.hasCommand(image.java())) {
            return java;
        }
        Optional<JavaRelease> release = BaseJava.in(base.file(), image.java()).release();
        if (release.isPresent() && !release.get().isThatOf(java)) {
            throw new InvalidParameterException(
                    "watchdog.image.archive",
                    "build",
                    "base or none, because the Java of %s is %s and this build's is %s"
                            .formatted(base, release.get(), java.build()));
        }
        return java;
    }

    private JavaHome javaOfTheBase(FunctionImage image) throws NoArchiveException, IOException, InterruptedException {
        if (base.isScratch()) {
            throw new NoArchiveException("its Java is not that of a base image");
        }
        BaseJava java = BaseJava.in(base.file(), image.java());
        try {
            return java.extract(output.resolve("base"));
        } catch (IOException e) {
            throw new NoArchiveException(e, null);
        }
    }
}
