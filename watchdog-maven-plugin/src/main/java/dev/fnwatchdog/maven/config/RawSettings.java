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
 * The environment that a watchdog is going to have, and where each part of it comes from, in the user's own spelling, so that a
 * mistake is told where it was made.
 */
public final class RawSettings {
    private static final List<String> PATHS = List.of("static_path", "function_path");

    private final Map<String, String> environment;
    private final Map<String, String> origins = new HashMap<>();

    /** Begins with variables that the user may not even know of. */
    public RawSettings(Map<String, String> inherited) {
        environment = new HashMap<>(inherited);
    }

    /** Sets a variable; one that is a setting takes the place of the setting's other names, too. */
    public RawSettings put(String name, String value, String origin) {
        namesOf(name).forEach(environment::remove);
        environment.put(name, value);
        origins.put(name, origin);
        return this;
    }

    /** Sets what the user has not set, under any of its names. */
    public RawSettings putDefault(String name, String value) {
        return isSet(name) ? this : put(name, value, "the goal's own default");
    }

    /** Relative paths begin where the watchdog is going to run, and not where Maven does. */
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
                .anyMatch(each -> !environment.getOrDefault(each, "").isEmpty());
    }

    /** A variable's value, empty where it is not set. */
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

    /** All variables, settings and others. */
    public Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    /**
     * Checks them as the watchdog will.
     *
     * @throws InvalidSettingsException with a line for each mistake: what, where it was said, and how to say it better
     */
    public WatchdogConfig parse() throws InvalidSettingsException {
        try {
            return WatchdogConfig.parse(environment);
        } catch (InvalidConfigException e) {
            throw toException(e.mistakes());
        }
    }

    /** What is wrong with settings that were well written. Without a cause: Maven would tell everything twice. */
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
                : "%s. It comes from Maven's own environment; -Dwatchdog.%s=... wins over it."
                        .formatted(mistake.describe(), name);
    }
}
