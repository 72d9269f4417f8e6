package dev.fnwatchdog.maven;

import dev.fnwatchdog.core.config.CommandLine;
import dev.fnwatchdog.core.config.Setting;
import dev.fnwatchdog.core.config.Settings;
import dev.fnwatchdog.core.config.Timeouts;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.maven.artifact.DependencyResolutionRequiredException;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.apache.maven.toolchain.Toolchain;
import org.apache.maven.toolchain.ToolchainManager;
import org.eclipse.aether.RepositorySystem;
import org.jspecify.annotations.Nullable;

/** What the goals that start a watchdog can be told, and how they start it. */
abstract class ServingGoal extends AbstractMojo {
    private static final String PREFIX = "watchdog.";

    /** What the watchdog gives the function to end by itself. */
    private static final Duration FUNCTION_GRACE = Duration.ofSeconds(5);

    private static final Duration A_LITTLE = Duration.ofSeconds(5);

    private final MavenSession session;
    private final MojoExecution execution;
    private final ToolchainManager toolchains;
    private final RepositorySystem repositories;

    /** Does nothing where it is true. */
    @Parameter(property = "watchdog.skip", defaultValue = "false")
    private boolean skip;

    /** How the function is called; {@code inproc} where neither this nor {@code fprocess} is set. */
    @Parameter(property = "watchdog.mode")
    private @Nullable String mode;

    /** The function's class in mode {@code inproc}; without it, the one that can be found. */
    @Parameter(property = "watchdog.handler")
    private @Nullable String handler;

    /** The function process in all other modes. Its {@code CLASSPATH} is the project's. */
    @Parameter(property = "watchdog.fprocess")
    private @Nullable String fprocess;

    /** Where calls are served: by {@code run} 8080 by default, by {@code start} any free port. As {@code -Dwatchdog.port}, too. */
    @Parameter
    private @Nullable String port;

    /**
     * Any of the watchdog's settings, by its own name. {@code -Dwatchdog.<name>} sets one on the command line, and wins; so does a
     * property of the project, and loses.
     */
    @Parameter
    private @Nullable Map<String, String> settings;

    /** Environment variables of watchdog and function, beside Maven's own. */
    @Parameter
    private @Nullable Map<String, String> environment;

    /** Arguments of the watchdog's JVM, such as {@code -Xmx256m}, with quotes as in a shell. */
    @Parameter(property = "watchdog.jvmArguments")
    private @Nullable String jvmArguments;

    /** System properties of the watchdog's JVM, which is the function's in mode {@code inproc}. */
    @Parameter
    private @Nullable Map<String, String> systemPropertyVariables;

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
        if (skip) {
            getLog().info("watchdog:%s is skipped (watchdog.skip=true)".formatted(execution.getGoal()));
        }
        return skip;
    }

    final MavenSession session() {
        return session;
    }

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
        for (String name : entries(settings).keySet()) {
            if (!RawSettings.known(name)) {
                throw new InvalidSettingsException(
                        "<settings><%s> is none of the watchdog's settings; other variables belong in <environment>"
                                .formatted(name));
            }
        }
        new UnknownProperties(execution).warn(session.getUserProperties(), getLog());
        RawSettings all = new RawSettings(System.getenv());
        putProperties(project().getProperties(), "the project's property ", all);
        putAll(environment, "environment", all);
        putAll(settings, "settings", all);
        configured("mode", mode, all);
        configured("handler", handler, all);
        configured("fprocess", fprocess, all);
        configured("port", port, all);
        putProperties(session.getUserProperties(), "-D", all);
        if (!all.isSet("fprocess")) {
            all.putDefault("mode", "inproc");
        }
        // One lock file would be shared by all watchdogs of this machine.
        return all.putDefault("suppress_lock", "true").resolve(directory());
    }

    private static void putAll(@Nullable Map<String, String> configured, String parameter, RawSettings all) {
        entries(configured).forEach((name, value) -> all.put(name, value, "<%s><%s>".formatted(parameter, name)));
    }

    /** Without Maven's null for an element with nothing in it. */
    private static Map<String, String> entries(@Nullable Map<String, String> configured) {
        Map<String, String> entries = new TreeMap<>();
        if (configured != null) {
            configured.forEach((name, value) -> entries.put(name, Objects.requireNonNullElse(value, "")));
        }
        return entries;
    }

    /** Maven gives a parameter the value of its property, too, which has been put already. */
    private void configured(String name, @Nullable String value, RawSettings all) {
        if (value != null && !value.equals(project().getProperties().getProperty(PREFIX + name))) {
            all.put(name, value, "<%s>".formatted(name));
        }
    }

    private void putProperties(Properties properties, String origin, RawSettings all) {
        for (Setting setting : Settings.all()) {
            List<String> names = new ArrayList<>(setting.aliases());
            names.add(setting.name());
            for (String name : names) {
                String value = properties.getProperty(PREFIX + name);
                if (value != null && accepts(name, value)) {
                    all.put(name, value, origin + PREFIX + name);
                }
            }
        }
    }

    /** Whether a property is the user's own. */
    boolean accepts(String name, String value) {
        return true;
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
