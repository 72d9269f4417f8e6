package dev.fnwatchdog.maven;

import dev.fnwatchdog.core.config.WatchdogConfig;
import dev.fnwatchdog.maven.config.InvalidParameterException;
import dev.fnwatchdog.maven.config.InvalidSettingsException;
import dev.fnwatchdog.maven.config.RawSettings;
import dev.fnwatchdog.maven.config.WatchdogFailedException;
import dev.fnwatchdog.maven.config.WatchdogJar;
import dev.fnwatchdog.maven.dev.FunctionModules;
import dev.fnwatchdog.maven.dev.StartedWatchdogs;
import dev.fnwatchdog.maven.image.FunctionFiles;
import dev.fnwatchdog.maven.image.FunctionImage;
import dev.fnwatchdog.maven.image.ImageEnvironment;
import dev.fnwatchdog.maven.image.ImageLayer;
import dev.fnwatchdog.maven.image.PlannedImage;
import dev.fnwatchdog.maven.image.ProjectLibraries;
import dev.fnwatchdog.maven.image.StartArguments;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** The part that the goals share which put a function into a container. */
@SuppressWarnings("NullAway.Init") // Maven sets the fields before execute.
abstract class FunctionImageGoal extends FunctionGoal {
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?");

    @Parameter(defaultValue = "${plugin.version}", readonly = true, required = true)
    String pluginVersion;

    /**
     * A folder whose content is copied to the image's root unchanged; a file that its owner may execute is executable
     * for everyone.
     */
    @Parameter(property = "watchdog.image.files", defaultValue = "${project.basedir}/src/main/image")
    private File files;

    /** Additional options of the JVM; they take precedence over the goal's own. */
    @Parameter(property = "watchdog.image.jvmOptions")
    private @Nullable List<String> jvmOptions;

    /** The command that starts Java in the image. */
    @Parameter(property = "watchdog.image.java", defaultValue = "java")
    private String java;

    /** The user that runs the watchdog: a number or a name, optionally with a group after a colon. */
    @Parameter(property = "watchdog.image.user", defaultValue = "12000")
    private String user;

    /** The folder to which the goal writes. */
    @Parameter(defaultValue = "${project.build.directory}/watchdog", readonly = true, required = true)
    File output;

    @Override
    public final void execute() throws MojoExecutionException {
        boolean bound = execution.getSource() == MojoExecution.Source.LIFECYCLE;
        if (skipped() || !new FunctionModules(session, execution.getPlugin()).isPacked(goal(), bound, getLog())) {
            return;
        }
        String goal = "watchdog:" + goal();
        try {
            run();
        } catch (InvalidSettingsException
                | WatchdogFailedException
                | IllegalArgumentException
                | UncheckedIOException
                | IOException e) {
            throw new MojoExecutionException(goal + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MojoExecutionException(goal + " was interrupted", e);
        }
    }

    abstract void run() throws InvalidSettingsException, WatchdogFailedException, IOException, InterruptedException;

    /** Plans the image without a class archive, and checks all settings. */
    final PlannedImage plan(FunctionFiles function) throws IOException, InvalidSettingsException {
        if (!USER.matcher(user).matches()) {
            throw new InvalidParameterException(
                    "watchdog.image.user", user, "a number or a name such as 12000, 12000:12000 or app");
        }
        Path start = output.toPath().resolve(goal() + "-start");
        RawSettings given = putGiven(new RawSettings(Map.of()), Map.of());
        SortedMap<String, String> variables = ImageEnvironment.complete(given, function);
        // The layers need the file's path before its content is known.
        StartArguments.write(List.of(), start);
        List<ImageLayer> layers = function.layers(start);
        WatchdogConfig config = ImageEnvironment.check(given, layers, output.toPath());
        config.warnings().forEach(getLog()::warn);
        List<String> options = StartArguments.options(config.mode(), jvmOptions == null ? List.of() : jvmOptions);
        StartArguments.write(options, start);
        SortedSet<Integer> ports = new TreeSet<>(List.of(config.port(), config.metricsPort()));
        return new PlannedImage(new FunctionImage(layers, java, List.of(), variables, user, ports), config, options);
    }

    final FunctionFiles function() throws WatchdogFailedException {
        return new FunctionFiles(
                WatchdogJar.file(repositories, session, pluginVersion),
                ProjectLibraries.of(project()),
                Path.of(project().getBuild().getOutputDirectory()),
                files.toPath());
    }

    /** The port of a watchdog that watchdog:start has started is not a setting for the image. */
    @Override
    final boolean accepts(String value) {
        return !StartedWatchdogs.of(getPluginContext()).hasPublished(value);
    }
}
