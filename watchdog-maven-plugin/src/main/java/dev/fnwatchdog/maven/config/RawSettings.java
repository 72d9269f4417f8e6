package dev.fnwatchdog.maven.config;

import dev.fnwatchdog.core.config.InvalidConfigException;
import dev.fnwatchdog.core.config.InvalidConfigException.Mistake;
import dev.fnwatchdog.core.config.Setting;
import dev.fnwatchdog.core.config.Settings;
import dev.fnwatchdog.core.config.WatchdogConfig;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The environment of a watchdog that will be started, and the origin of each variable as the user wrote it. Errors name
 * that origin.
 */
public final class RawSettings {
    private static final String DEFAULT = "the goal's own default";
    private static final String PROPERTY = "-D";
    private static final List<String> PATHS = List.of("static_path", "function_path");

    private final Map<String, String> environment;
    private final Map<String, String> origins = new HashMap<>();

    /** Starts with inherited variables, which the user may not be aware of. */
    public RawSettings(Map<String, String> inherited) {
        environment = new HashMap<>(inherited);
    }

    /** Sets a variable; if it is a setting, it replaces the setting's other names too. */
    public RawSettings put(String name, String value, String origin) {
        namesOf(name).forEach(environment::remove);
        environment.put(name, value);
        origins.put(name, origin);
        return this;
    }

    /** Sets a variable that the user has not set under any of its names. */
    public RawSettings putDefault(String name, String value) {
        return isSet(name) ? this : put(name, value, DEFAULT);
    }

    /** Resolves relative paths against the directory in which the watchdog will run, not against Maven's. */
    public RawSettings resolve(Path directory) {
        for (String name : PATHS) {
            environment.computeIfPresent(
                    name,
                    (key, value) -> Stream.of(value.split(File.pathSeparator, -1))
                            .map(path -> path.isEmpty()
                                    ? path
                                    : directory.resolve(path).toString())
                            .collect(Collectors.joining(File.pathSeparator)));
        }
        return this;
    }

    public boolean isSet(String name) {
        return namesOf(name).stream()
                .anyMatch(alias -> !environment.getOrDefault(alias, "").isEmpty());
    }

    /** Returns a variable's value, empty if it is not set. */
    public String value(String name) {
        return environment.getOrDefault(name, "");
    }

    /** Whether the watchdog has a setting of this name. */
    public static boolean isKnown(String name) {
        return Settings.all().stream()
                .anyMatch(setting ->
                        setting.name().equals(name) || setting.aliases().contains(name));
    }

    private static List<String> namesOf(String name) {
        for (Setting setting : Settings.all()) {
            List<String> names = new ArrayList<>(setting.aliases());
            names.add(setting.name());
            if (names.contains(name)) {
                return names;
            }
        }
        return List.of(name);
    }

    /** Returns all variables, settings and others. */
    public Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    /**
     * Returns where each variable comes from that is not inherited: a system property of Maven's command line, the pom, or the
     * goal's own default.
     */
    public Map<String, String> origins() {
        Map<String, String> described = new HashMap<>();
        origins.forEach((name, origin) -> described.put(name, kind(origin)));
        return described;
    }

    private static String kind(String origin) {
        if (origin.equals(DEFAULT)) {
            return "default of the goal";
        }
        return (origin.startsWith(PROPERTY) ? "system property: " : "pom: ") + origin;
    }

    /**
     * Checks the settings as the watchdog will.
     *
     * @throws InvalidSettingsException with one line per mistake: what is wrong, where it was set, and what is expected
     */
    public WatchdogConfig parse() throws InvalidSettingsException {
        try {
            return WatchdogConfig.parse(environment);
        } catch (InvalidConfigException e) {
            throw toException(e.mistakes());
        }
    }

    /**
     * Returns an exception for well-formed settings that cannot be used. It has no cause, because Maven would print
     * everything twice.
     */
    public InvalidSettingsException toException(List<Mistake> mistakes) {
        return new InvalidSettingsException(
                mistakes.stream().map(this::describe).collect(Collectors.joining("\n")));
    }

    private String describe(Mistake mistake) {
        String name = mistake.setting();
        String origin = origins.get(name);
        if (origin != null) {
            return "%s. It comes from %s.".formatted(mistake.describe(), origin);
        }
        return environment.getOrDefault(name, "").isEmpty()
                ? "%s. Set <settings><%s> in the plugin's <configuration>, or -Dwatchdog.%s=..."
                        .formatted(mistake.describe(), name, name)
                : "%s. It comes from Maven's own environment; -Dwatchdog.%s=... takes precedence over it."
                        .formatted(mistake.describe(), name);
    }
}
