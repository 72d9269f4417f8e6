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
import org.apache.maven.execution.MavenSession;
import org.apache.maven.plugin.AbstractMojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.apache.maven.project.MavenProject;
import org.jspecify.annotations.Nullable;

/** What every goal can be told of the function and its watchdog, whether it starts them or packs them. */
abstract class FunctionGoal extends AbstractMojo {
    private static final String PREFIX = "watchdog.";

    /** Does nothing where it is true. */
    @Parameter(property = "watchdog.skip", defaultValue = "false")
    private boolean skip;

    /** How the function is called; {@code inproc} where neither this nor {@code fprocess} is set and the project has classes. */
    @Parameter(property = "watchdog.mode")
    private @Nullable String mode;

    /** The function's class in mode {@code inproc}; without it, the one that can be found. */
    @Parameter(property = "watchdog.handler")
    private @Nullable String handler;

    /** The function process in all other modes; that of an image, as it is found there. Its {@code CLASSPATH} is the project's. */
    @Parameter(property = "watchdog.fprocess")
    private @Nullable String fprocess;

    /**
     * Any of the watchdog's settings, by its own name; those of an image go into its environment. {@code -Dwatchdog.<name>} sets one
     * on the command line, and wins; so does a property of the project, and loses.
     */
    @Parameter
    private @Nullable Map<String, @Nullable String> settings;

    /** More environment variables: of watchdog and function, beside Maven's own, or of the image. */
    @Parameter
    private @Nullable Map<String, @Nullable String> environment;

    abstract MavenSession session();

    abstract MavenProject project();

    /** Whether the user wants nothing of {@code goal}, which is told then. */
    final boolean skipped(String goal) {
        if (skip) {
            getLog().info("watchdog:%s is skipped (watchdog.skip=true)".formatted(goal));
        }
        return skip;
    }

    /** What stands in {@code <settings>}. */
    final Map<String, String> settings() {
        return entries(settings);
    }

    /**
     * Adds everything that the user has set, in the order in which one wins over another: the last does.
     *
     * @param parameters of the goal's own that are settings; null where one is not set
     */
    final RawSettings putGiven(RawSettings all, Map<String, @Nullable String> parameters) {
        putProperties(project().getProperties(), "the project's property ", all);
        putAll(environment, "environment", all);
        putAll(settings, "settings", all);
        configured("mode", mode, all);
        configured("handler", handler, all);
        configured("fprocess", fprocess, all);
        parameters.forEach((name, value) -> configured(name, value, all));
        putProperties(session().getUserProperties(), "-D", all);
        return all;
    }

    private static void putAll(@Nullable Map<String, @Nullable String> configured, String parameter, RawSettings all) {
        entries(configured).forEach((name, value) -> all.put(name, value, "<%s><%s>".formatted(parameter, name)));
    }

    /** Without Maven's null for an element with nothing in it. */
    static Map<String, String> entries(@Nullable Map<String, @Nullable String> configured) {
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
                if (value != null && accepts(value)) {
                    all.put(name, value, origin + PREFIX + name);
                }
            }
        }
    }

    /** Whether a property's value is the user's own. */
    boolean accepts(String value) {
        return true;
    }
}
