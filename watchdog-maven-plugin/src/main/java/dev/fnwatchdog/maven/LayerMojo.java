package dev.fnwatchdog.maven;

import dev.fnwatchdog.maven.config.InvalidParameterException;
import dev.fnwatchdog.maven.config.InvalidSettingsException;
import dev.fnwatchdog.maven.config.WatchdogFailedException;
import dev.fnwatchdog.maven.image.ClassArchive;
import dev.fnwatchdog.maven.image.Dockerfile;
import dev.fnwatchdog.maven.image.ExplodedLayers;
import dev.fnwatchdog.maven.image.FunctionFiles;
import dev.fnwatchdog.maven.image.FunctionImage;
import dev.fnwatchdog.maven.image.LayerDescription;
import dev.fnwatchdog.maven.image.LayerTar;
import dev.fnwatchdog.maven.image.PlannedImage;
import dev.fnwatchdog.maven.image.archive.TrainingRun;
import dev.fnwatchdog.maven.image.base.JavaHome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.maven.plugins.annotations.LifecyclePhase;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.plugins.annotations.ResolutionScope;

/**
 * Packs the watchdog and the function as a container layer: {@code target/watchdog/layer.tar}, the same bytes from the
 * same project on every machine; {@code layer.json} beside it with entry point and environment; and the same content as
 * folders with a Dockerfile, {@code target/watchdog/layer}.
 */
@Mojo(
        name = "layer",
        defaultPhase = LifecyclePhase.PACKAGE,
        requiresDependencyResolution = ResolutionScope.RUNTIME,
        threadSafe = true)
public final class LayerMojo extends PackingGoal {
    /**
     * Whether to make a class archive as well, {@code archive.tar}, which shortens startup: {@code none},
     * {@code build} for the Java that runs Maven, or the home of another Java. An archive works only with that one
     * build of Java, and no two archives have the same bytes.
     */
    @Parameter(property = "watchdog.layer.archive", defaultValue = "none")
    private String archive = "none";

    @Override
    void run() throws InvalidSettingsException, WatchdogFailedException, IOException {
        FunctionFiles function = function();
        PlannedImage plan = plan(function);
        FunctionImage image = plan.image();
        Path folder = output.toPath();
        Path exploded = folder.resolve("layer");
        Path tar = folder.resolve("layer.tar");
        LayerTar.write(image.layers(), tar);
        ExplodedLayers.write(image.layers(), exploded);
        Dockerfile.write(image, function.defaultBase(), exploded.resolve("Dockerfile"));
        Optional<ClassArchive> made = archive(plan, exploded);
        if (made.isPresent()) {
            LayerTar.write(List.of(made.get().layer()), folder.resolve("archive.tar"));
        }
        LayerDescription.write(image, tar, made, folder.resolve("layer.json"));
        getLog().info("The layer is in " + tar);
    }

    private Optional<ClassArchive> archive(PlannedImage plan, Path exploded)
            throws IOException, WatchdogFailedException {
        if (archive.equals("none")) {
            checkStart(JavaHome.ofThisBuild(), false, exploded, plan);
            return Optional.empty();
        }
        JavaHome java = java();
        try {
            return Optional.of(new TrainingRun(java, output.toPath().resolve("archive")).run(exploded, plan));
        } catch (IOException e) {
            // First, because it knows better what is wrong.
            checkStart(java, true, exploded, plan);
            throw unusable(e);
        }
    }

    private JavaHome java() {
        Path home = Path.of(archive.equals("build") ? System.getProperty("java.home") : archive);
        try {
            return JavaHome.at(home);
        } catch (IOException e) {
            throw unusable(e);
        }
    }

    private InvalidParameterException unusable(IOException cause) {
        return new InvalidParameterException(
                "watchdog.layer.archive",
                archive,
                "none, or the home of a Java that can start the watchdog here",
                cause);
    }
}
