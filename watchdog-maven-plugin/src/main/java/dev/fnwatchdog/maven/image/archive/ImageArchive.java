package dev.fnwatchdog.maven.image.archive;

import com.google.cloud.tools.jib.api.buildplan.Platform;
import dev.fnwatchdog.maven.image.ClassArchive;
import dev.fnwatchdog.maven.image.ExplodedLayers;
import dev.fnwatchdog.maven.image.ImageLocation;
import dev.fnwatchdog.maven.image.ImageSpecification;
import dev.fnwatchdog.maven.image.JibBuild;
import dev.fnwatchdog.maven.image.PlannedImage;
import dev.fnwatchdog.maven.image.PlatformNames;
import java.io.IOException;
import java.nio.file.Path;

/** Makes an archive of classes for an image, by a Java that is the image's own. */
public final class ImageArchive {
    private final ImageSpecification order;
    private final Path output;

    public ImageArchive(ImageSpecification order, Path output) {
        this.order = order;
        this.output = output;
    }

    /** Why there is none; the image is good all the same. */
    public static final class NoArchiveException extends Exception {
        private static final long serialVersionUID = 1L;

        NoArchiveException(String message) {
            super(message);
        }

        NoArchiveException(IOException cause) {
            super(String.valueOf(cause.getMessage()), cause);
        }
    }

    /**
     * Makes one.
     *
     * @param byBuild whether the Java that runs Maven is the image's
     * @param exploded the image's layers as {@link ExplodedLayers} writes them
     */
    public ClassArchive make(boolean byBuild, PlannedImage plan, Path exploded, JibBuild jib)
            throws NoArchiveException, IOException, InterruptedException {
        refuseWhatDoesNotRunHere();
        Path base = byBuild ? Path.of("") : base(jib);
        try {
            JavaHome java = byBuild
                    ? JavaHome.at(Path.of(System.getProperty("java.home")))
                    : new BaseJava(base).extract(output.resolve("base"));
            return new TrainingRun(java, output.resolve("archive")).run(exploded, plan);
        } catch (IOException e) {
            throw new NoArchiveException(e);
        }
    }

    private void refuseWhatDoesNotRunHere() throws NoArchiveException {
        if (order.forSeveralPlatforms()) {
            throw new NoArchiveException("it is for several platforms");
        }
        for (Platform platform : order.platforms()) {
            if (!PlatformNames.isHere(platform)) {
                throw new NoArchiveException("it is for another platform than this machine's");
            }
        }
    }

    private Path base(JibBuild jib) throws NoArchiveException, IOException, InterruptedException {
        if (order.from().is(ImageLocation.Kind.SCRATCH)) {
            throw new NoArchiveException("there is no Java in scratch");
        }
        if (order.from().is(ImageLocation.Kind.TAR)) {
            return Path.of(order.from().value());
        }
        Path tar = output.resolve("base.tar");
        jib.fetchBase(order, tar);
        return tar;
    }
}
