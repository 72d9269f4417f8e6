package dev.fnwatchdog.maven;

import dev.fnwatchdog.core.config.Setting;
import dev.fnwatchdog.core.config.Settings;
import dev.fnwatchdog.maven.config.RawSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import javax.inject.Inject;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugin.MojoExecution;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.eclipse.aether.RepositorySystem;
import org.jspecify.annotations.Nullable;

/** The parameters of the function and its watchdog that all goals share, whether they start them or pack them. */
@SuppressWarnings("NullAway.Init") // Maven sets the fields before execute.
abstract class FunctionGoal extends AbstractMojo {
    private static final String PREFIX = "watchdog.";

    @Inject
    MavenSession session;

    @Inject
    MojoExecution execution;

    @Inject
    RepositorySystem repositories;

    /** Whether to skip the goal. */
    @Parameter(property = "watchdog.skip", defaultValue = "false")
    private boolean skip;

    /** The watchdog's mode; {@code inproc} if neither this nor {@code fprocess} is set and the project has classes. */
    @Parameter(property = "watchdog.mode")
    private @Nullable String mode;

    /** The class of the function in mode {@code inproc}; if it is not set, the watchdog finds it. */
    @Parameter(property = "watchdog.handler")
    private @Nullable String handler;

    /**
     * The command of the function process in all other modes; for an image, as the image has it. Its {@code CLASSPATH}
     * is the project's.
     */
    @Parameter(property = "watchdog.fprocess")
    private @Nullable String fprocess;

    /**
     * Any of the watchdog's settings, by their own names; in an image they become environment variables.
     * {@code -Dwatchdog.<name>} on the command line takes precedence over them, and they take precedence over a
     * property of the project.
     */
    @Parameter
    private @Nullable Map<String, @Nullable String> settings;

    /**
     * Additional environment variables: of the watchdog and the function, together with Maven's own, or of the image.
     */
    @Parameter
    private @Nullable Map<String, @Nullable String> environment;

    /** Returns the current project, which is another one once {@code run} has read it again. */
    final MavenProject project() {
        return session.getCurrentProject();
    }

    /** Returns the name of the goal, such as {@code run}. */
    final String goal() {
        return execution.getGoal();
    }

    /** Whether the user skips the goal; if so, logs that. */
    final boolean skipped() {
        if (skip) {
            getLog().info("watchdog:%s is skipped (watchdog.skip=true)".formatted(goal()));
        }
        return skip;
    }

    /** Returns the content of {@code <settings>}. */
    final Map<String, String> settings() {
        return entries(settings);
    }

    /**
     * Adds everything that the user has set, in the order of precedence: the last value wins.
     *
     * @param parameters the goal's own parameters that are settings; null if one is not set
     */
    final RawSettings putGiven(RawSettings all, Map<String, @Nullable String> parameters) {
        putProperties(project().getProperties(), "the project's property ", all);
        putAll(environment, "environment", all);
        putAll(settings, "settings", all);
        addParameter("mode", mode, all);
        addParameter("handler", handler, all);
        addParameter("fprocess", fprocess, all);
        parameters.forEach((name, value) -> addParameter(name, value, all));
        putProperties(session.getUserProperties(), "-D", all);
        return all;
    }

    private static void putAll(@Nullable Map<String, @Nullable String> configured, String parameter, RawSettings all) {
        entries(configured).forEach((name, value) -> all.put(name, value, "<%s><%s>".formatted(parameter, name)));
    }

    /** Replaces Maven's null for an empty element with an empty string. */
    static Map<String, String> entries(@Nullable Map<String, @Nullable String> configured) {
        Map<String, String> entries = new TreeMap<>();
        if (configured != null) {
            configured.forEach((name, value) -> entries.put(name, Objects.requireNonNullElse(value, "")));
        }
        return entries;
    }

    /**
     * Adds a parameter, unless its value comes from its property, which Maven copies and which has been added already.
     */
    private void addParameter(String name, @Nullable String value, RawSettings all) {
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
                if (value != null && accepts(value)) {
                    all.put(name, value, origin + PREFIX + name);
                }
            }
        }
    }

    /** Whether the user has set a property's value. */
    boolean accepts(String value) {
        return true;
    }
}
