package dev.fnwatchdog.maven;

import dev.fnwatchdog.core.config.CommandLine;
import dev.fnwatchdog.core.config.Timeouts;
import dev.fnwatchdog.maven.config.InvalidSettingsException;
import dev.fnwatchdog.maven.config.RawSettings;
import dev.fnwatchdog.maven.config.UnknownProperties;
import dev.fnwatchdog.maven.config.WatchdogFailedException;
import dev.fnwatchdog.maven.config.WatchdogJar;
import dev.fnwatchdog.maven.dev.FunctionClasses;
import dev.fnwatchdog.maven.dev.WatchdogLaunch;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import javax.inject.Inject;
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.toolchain.Toolchain;
import org.apache.maven.toolchain.ToolchainManager;
import org.jspecify.annotations.Nullable;

/** The parameters of the goals that start a watchdog, and how they start it. */
@SuppressWarnings("NullAway.Init") // Maven sets the fields before execute.
abstract class ServingGoal extends FunctionGoal {
    /** The time that the watchdog gives the function to end after SIGTERM (specification 3.48). */
    private static final Duration FUNCTION_GRACE = Duration.ofSeconds(5);

    private static final Duration MARGIN = Duration.ofSeconds(5);

    @Inject
    private ToolchainManager toolchains;

    /**
     * The port for requests: by default 8080 for {@code run}, and any free port for {@code start}. Also
     * {@code -Dwatchdog.port}.
     */
    @Parameter
    private @Nullable String port;

    /** Arguments of the watchdog's JVM, such as {@code -Xmx256m}, quoted as in a shell. */
    @Parameter(property = "watchdog.jvmArguments")
    private @Nullable String jvmArguments;

    /** System properties of the watchdog's JVM, which also runs the function in mode {@code inproc}. */
    @Parameter
    private @Nullable Map<String, @Nullable String> systemPropertyVariables;

    /** Additional elements of the function's class path: jars and folders. */
    @Parameter(property = "watchdog.additionalClasspathElements")
    private @Nullable List<File> additionalClasspathElements;

    /** The working directory of the watchdog and the function. */
    @Parameter(property = "watchdog.workingDirectory", defaultValue = "${project.basedir}")
    private @Nullable File workingDirectory;

    /** Returns the folder of the files that a running watchdog and its goal write. */
    final Path workFolder() {
        return Path.of(project().getBuild().getDirectory(), "watchdog");
    }

    /** Collects everything that the user has set, in the order of precedence: the last value wins. */
    final RawSettings given() throws InvalidSettingsException {
        for (String name : settings().keySet()) {
            if (!RawSettings.isKnown(name)) {
                throw new InvalidSettingsException(
                        "<settings><%s> is not a setting of the watchdog; put other variables into <environment>"
                                .formatted(name));
            }
        }
        UnknownProperties.warn(
                session.getUserProperties(), execution.getMojoDescriptor().getPluginDescriptor(), getLog());
        RawSettings all = putGiven(new RawSettings(System.getenv()), Collections.singletonMap("port", port));
        if (!all.isSet("fprocess")) {
            all.putDefault("mode", "inproc");
        }
        // All watchdogs on this machine would share one lock file.
        return all.putDefault("suppress_lock", "true").resolve(directory());
    }

    /** Returns the project's current classes and their dependencies. */
    final FunctionClasses classes() throws DependencyResolutionRequiredException {
        List<String> elements = new ArrayList<>(project().getRuntimeClasspathElements());
        additionalElements().forEach(element -> elements.add(element.getPath()));
        return FunctionClasses.of(elements);
    }

    final List<File> additionalElements() {
        return additionalClasspathElements == null ? List.of() : additionalClasspathElements;
    }

    private Path directory() {
        return workingDirectory == null ? project().getBasedir().toPath() : workingDirectory.toPath();
    }

    /** Checks the paths that the watchdog itself cannot check. */
    final void checkPaths() throws InvalidSettingsException {
        if (!Files.isDirectory(directory())) {
            throw new InvalidSettingsException(
                    "watchdog.workingDirectory=\"%s\" cannot be used: expected an existing folder"
                            .formatted(directory()));
        }
        for (File element : additionalElements()) {
            if (!element.exists()) {
                throw new InvalidSettingsException(
                        "watchdog.additionalClasspathElements=\"%s\" cannot be used: expected existing jars and folders"
                                .formatted(element));
            }
        }
    }

    /** Returns how to start a watchdog with these settings, which have been checked. */
    final WatchdogLaunch launch(
            RawSettings checked, Timeouts timeouts, List<String> additionalArguments, WatchdogLaunch.Function function)
            throws WatchdogFailedException, InvalidSettingsException {
        List<String> arguments = new ArrayList<>(additionalArguments);
        entries(systemPropertyVariables).forEach((name, value) -> arguments.add("-D%s=%s".formatted(name, value)));
        arguments.addAll(splitArguments(jvmArguments == null ? "" : jvmArguments));
        return new WatchdogLaunch(
                java(),
                arguments,
                WatchdogJar.file(repositories, session, execution.getVersion()),
                directory(),
                checked.environment(),
                checked.origins(),
                workFolder().resolve(execution.getExecutionId() + ".ports"),
                function,
                timeouts.write().plus(FUNCTION_GRACE).plus(MARGIN));
    }

    private static List<String> splitArguments(String text) throws InvalidSettingsException {
        try {
            return text.isBlank() ? List.of() : CommandLine.parse(text).words();
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingsException(
                    "watchdog.jvmArguments=\"%s\" cannot be used: expected %s".formatted(text, e.getMessage()), e);
        }
    }

    /** Returns the toolchain's Java if the project selects one, otherwise Maven's own. */
    private Path java() {
        Toolchain toolchain = toolchains.getToolchainFromBuildContext("jdk", session);
        String found = toolchain == null ? null : toolchain.findTool("java");
        return found == null ? Path.of(System.getProperty("java.home"), "bin", "java") : Path.of(found);
    }
}
