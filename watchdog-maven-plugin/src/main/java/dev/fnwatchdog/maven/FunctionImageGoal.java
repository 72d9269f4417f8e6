package dev.fnwatchdog.maven;

import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.config.WatchdogConfig;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import javax.inject.Inject;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.eclipse.aether.RepositorySystem;
import org.jspecify.annotations.Nullable;

/** What the goals have in common that put a function into a container. */
@SuppressWarnings("NullAway.Init") // Maven fills them in before execute.
abstract class FunctionImageGoal extends AbstractMojo {
    private static final Pattern USER = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?");

    @Parameter(defaultValue = "${project}", readonly = true, required = true)
    MavenProject project;

    @Parameter(defaultValue = "${session}", readonly = true, required = true)
    MavenSession session;

    @Parameter(defaultValue = "${plugin.version}", readonly = true, required = true)
    private String pluginVersion;

    @Inject
    private RepositorySystem repositories;

    /** Does nothing. */
    @Parameter(property = "watchdog.skip", defaultValue = "false")
    private boolean skip;

    /**
     * The watchdog's settings under their own names, and other variables. Checked while building. Without {@code mode} and
     * {@code fprocess} a project with classes is a function in-process.
     */
    @Parameter
    private @Nullable Map<String, @Nullable String> environment;

    /** A folder whose content goes to the image's root as it is; what its owner may execute, everybody may. */
    @Parameter(property = "watchdog.image.files", defaultValue = "${project.basedir}/src/main/image")
    private File files;

    /** More options of the JVM; they win over the goal's own. */
    @Parameter(property = "watchdog.image.jvmOptions")
    private @Nullable List<String> jvmOptions;

    /** The command that starts Java in the image. */
    @Parameter(property = "watchdog.image.java", defaultValue = "java")
    private String java;

    /** Who the watchdog runs as: a number or a name, with or without a group after a colon. */
    @Parameter(property = "watchdog.image.user", defaultValue = "12000")
    private String user;

    /** Where the goal writes. */
    @Parameter(defaultValue = "${project.build.directory}/watchdog", readonly = true, required = true)
    File output;

    @Override
    public final void execute() throws MojoExecutionException {
        String goal = "watchdog:" + goal();
        if (skip) {
            getLog().info(goal + " is skipped (watchdog.skip=true)");
            return;
        }
        try {
            run();
        } catch (InvalidConfigException e) {
            throw new MojoExecutionException(goal + ": " + e.getMessage() + ". Set it in <environment>.", e);
        } catch (IllegalArgumentException | UncheckedIOException | IOException e) {
            throw new MojoExecutionException(goal + ": " + e.getMessage(), e);
        }
    }

    abstract String goal();

    abstract void run() throws IOException, MojoExecutionException;

    /** The image without an archive of classes, all settings checked. */
    final PlannedImage plan(FunctionFiles function) throws IOException {
        if (!USER.matcher(user).matches()) {
            throw new InvalidParameterException(
                    "watchdog.image.user", user, "a number or a name such as 12000, 12000:12000 or app");
        }
        Path start = output.toPath().resolve(goal() + "-start");
        SortedMap<String, String> variables = ImageEnvironment.of(environment(), function);
        StartArguments.write(List.of(), start);
        List<ImageLayer> layers = function.layers(start);
        WatchdogConfig config = ImageEnvironment.check(variables, layers, output.toPath());
        config.warnings().forEach(getLog()::warn);
        List<String> options = StartArguments.options(config.mode(), jvmOptions == null ? List.of() : jvmOptions);
        StartArguments.write(options, start);
        SortedSet<Integer> ports = new TreeSet<>(List.of(config.port(), config.metricsPort()));
        FunctionImage image = new FunctionImage(layers, java, List.of(), variables, user, ports);
        return new PlannedImage(image, config, options);
    }

    final FunctionFiles function() throws MojoExecutionException {
        Path classes = Path.of(project.getBuild().getOutputDirectory());
        WatchdogJar jar = new WatchdogJar(repositories, session.getRepositorySession());
        return new FunctionFiles(
                jar.resolve(pluginVersion, project.getRemotePluginRepositories()),
                ProjectLibraries.of(project),
                classes,
                files.toPath());
    }

    /** An empty element is an empty value. */
    private Map<String, String> environment() {
        Map<String, String> values = new TreeMap<>();
        if (environment != null) {
            environment.forEach((name, value) -> values.put(name, value == null ? "" : value));
        }
        return values;
    }
}
