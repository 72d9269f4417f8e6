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
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.apache.maven.toolchain.Toolchain;
import org.apache.maven.toolchain.ToolchainManager;
import org.eclipse.aether.RepositorySystem;
import org.jspecify.annotations.Nullable;

/** What the goals that start a watchdog can be told, and how they start it. */
abstract class ServingGoal extends FunctionGoal {
    /** What the watchdog gives the function to end by itself. */
    private static final Duration FUNCTION_GRACE = Duration.ofSeconds(5);

    private static final Duration A_LITTLE = Duration.ofSeconds(5);

    private final MavenSession session;
    private final MojoExecution execution;
    private final ToolchainManager toolchains;
    private final RepositorySystem repositories;

    /** Where calls are served: by {@code run} 8080 by default, by {@code start} any free port. As {@code -Dwatchdog.port}, too. */
    @Parameter
    private @Nullable String port;

    /** Arguments of the watchdog's JVM, such as {@code -Xmx256m}, with quotes as in a shell. */
    @Parameter(property = "watchdog.jvmArguments")
    private @Nullable String jvmArguments;

    /** System properties of the watchdog's JVM, which is the function's in mode {@code inproc}. */
    @Parameter
    private @Nullable Map<String, @Nullable String> systemPropertyVariables;

    /** More for the function's class path: jars and folders. */
    @Parameter(property = "watchdog.additionalClasspathElements")
    private @Nullable List<File> additionalClasspathElements;

    /** Where watchdog and function run. */
    @Parameter(property = "watchdog.workingDirectory", defaultValue = "${project.basedir}")
    private @Nullable File workingDirectory;

    ServingGoal(
            MavenSession session, MojoExecution execution, ToolchainManager toolchains, RepositorySystem repositories) {
        this.session = session;
        this.execution = execution;
        this.toolchains = toolchains;
        this.repositories = repositories;
    }

    final boolean skipped() {
        return skipped(execution.getGoal());
    }

    @Override
    final MavenSession session() {
        return session;
    }

    @Override
    final MavenProject project() {
        return session.getCurrentProject();
    }

    final MojoExecution execution() {
        return execution;
    }

    /** What the watchdog leaves behind while it runs. */
    final Path workFolder() {
        return Path.of(project().getBuild().getDirectory(), "watchdog");
    }

    /** Everything that the user has set, in the order in which one wins over another: the last does. */
    final RawSettings given() throws InvalidSettingsException {
        for (String name : settings().keySet()) {
            if (!RawSettings.isKnown(name)) {
                throw new InvalidSettingsException(
                        "<settings><%s> is none of the watchdog's settings; other variables belong in <environment>"
                                .formatted(name));
            }
        }
        new UnknownProperties(execution).warn(session.getUserProperties(), getLog());
        RawSettings all = putGiven(new RawSettings(System.getenv()), Collections.singletonMap("port", port));
        if (!all.isSet("fprocess")) {
            all.putDefault("mode", "inproc");
        }
        // One lock file would be shared by all watchdogs of this machine.
        return all.putDefault("suppress_lock", "true").resolve(directory());
    }

    /** The project's classes and what they need, as they are now. */
    final FunctionClasses classes() throws DependencyResolutionRequiredException {
        List<String> elements = new ArrayList<>(project().getRuntimeClasspathElements());
        moreElements().forEach(element -> elements.add(element.getPath()));
        return FunctionClasses.of(elements);
    }

    private List<File> moreElements() {
        return additionalClasspathElements == null ? List.of() : additionalClasspathElements;
    }

    private Path directory() {
        return workingDirectory == null ? project().getBasedir().toPath() : workingDirectory.toPath();
    }

    /** Whatever the watchdog itself cannot find wrong. */
    final void checkPaths() throws InvalidSettingsException {
        if (!Files.isDirectory(directory())) {
            throw new InvalidSettingsException(
                    "watchdog.workingDirectory=\"%s\" cannot be used: expected a folder that exists"
                            .formatted(directory()));
        }
        for (File element : moreElements()) {
            if (!element.exists()) {
                throw new InvalidSettingsException(
                        "watchdog.additionalClasspathElements=\"%s\" cannot be used: expected jars and folders that exist"
                                .formatted(element));
            }
        }
    }

    /** How to start a watchdog with these settings, once they have been found good. */
    final WatchdogLaunch launch(RawSettings checked, Timeouts timeouts, List<String> moreArguments)
            throws WatchdogFailedException, InvalidSettingsException {
        List<String> arguments = new ArrayList<>(moreArguments);
        entries(systemPropertyVariables).forEach((name, value) -> arguments.add("-D%s=%s".formatted(name, value)));
        arguments.addAll(words(jvmArguments == null ? "" : jvmArguments));
        return new WatchdogLaunch(
                java(),
                arguments,
                new WatchdogJar(repositories, session).file(execution.getVersion()),
                directory(),
                checked.environment(),
                workFolder().resolve(execution.getExecutionId() + ".ports"),
                timeouts.write().plus(FUNCTION_GRACE).plus(A_LITTLE));
    }

    private static List<String> words(String text) throws InvalidSettingsException {
        try {
            return text.isBlank() ? List.of() : CommandLine.parse(text).words();
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingsException(
                    "watchdog.jvmArguments=\"%s\" cannot be used: expected %s".formatted(text, e.getMessage()), e);
        }
    }

    /** The toolchain's, where the project asks for one; else Maven's own. */
    private Path java() {
        Toolchain toolchain = toolchains.getToolchainFromBuildContext("jdk", session);
        String found = toolchain == null ? null : toolchain.findTool("java");
        return found == null ? Path.of(System.getProperty("java.home"), "bin", "java") : Path.of(found);
    }
}
