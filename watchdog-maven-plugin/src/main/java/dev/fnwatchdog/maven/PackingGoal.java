package dev.fnwatchdog.maven;

import dev.fnwatchdog.maven.config.WatchdogFailedException;
import dev.fnwatchdog.maven.image.PlannedImage;
import dev.fnwatchdog.maven.image.base.JavaHome;
import dev.fnwatchdog.maven.image.start.StartCheck;
import java.io.IOException;
import java.nio.file.Path;
import org.apache.maven.plugins.annotations.Parameter;

/** The part that the goals share which write the files of a container. */
abstract class PackingGoal extends FunctionImageGoal {
    /**
     * Whether to start the watchdog once, with the files and settings of the image, to learn whether it starts there.
     * The constructor of a function in mode {@code inproc} runs then. With a class archive there is always a
     * start.
     */
    @Parameter(property = "watchdog.image.startCheck", defaultValue = "true")
    private boolean startCheck = true;

    /**
     * Fails if the watchdog would not start in the image, and logs what is known otherwise.
     *
     * @param imagesJava whether {@code java} is the image's own
     */
    final void checkStart(JavaHome java, boolean imagesJava, Path exploded, PlannedImage plan)
            throws IOException, WatchdogFailedException {
        if (!startCheck) {
            getLog().info("It is not known whether the watchdog starts in the image: watchdog.image.startCheck=false");
            return;
        }
        Path folder = output.toPath().resolve("check");
        getLog().info(new StartCheck(java, imagesJava, folder).run(exploded, plan));
    }
}
