package dev.fnwatchdog.core.config;

import dev.fnwatchdog.core.config.InvalidConfigException.Mistake;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Environment variables; an empty one counts as not set (specification 1.3). Loops in place of streams: at startup the JVM
 * has to link a class for each lambda, and reading the settings is a tenth of the startup.
 */
final class Variables {
    /** A variable of the system, which is therefore not a row of the settings table. */
    static final Definition<Path> TEMPORARY_DIRECTORY =
            Definition.of("TMPDIR", ValueTypes.DIRECTORY, "/tmp", "Where the lock file is.");

    private final Map<String, String> environment;

    Variables(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    Optional<String> text(String name) {
        String text = textOrEmpty(name);
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /** Returns those of the setting's names that are set, in the order of precedence. */
    List<String> namesSet(Definition<?> setting) {
        List<String> set = new ArrayList<>();
        for (String name : setting.precedence()) {
            if (isSet(name)) {
                set.add(name);
            }
        }
        if (set.isEmpty() && setting.name().equals(Definitions.PORT.name())) {
            set.addAll(KnativeVariables.portVariable(environment));
        }
        return set;
    }

    private boolean isSet(String name) {
        return !textOrEmpty(name).isEmpty();
    }

    private String textOrEmpty(String name) {
        return environment.getOrDefault(name, "");
    }

    /** Returns the names of all variables that are set, in alphabetical order. */
    Set<String> names() {
        Set<String> names = new TreeSet<>(environment.keySet());
        names.removeIf(name -> !isSet(name));
        return names;
    }

    /** Returns one mistake for each name with a wrong value, also if another name of the setting takes precedence. */
    List<Mistake> mistakes(Definition<?> setting) {
        List<Mistake> mistakes = new ArrayList<>();
        for (String name : namesSet(setting)) {
            String text = textOrEmpty(name);
            try {
                setting.type().parse(text);
            } catch (IllegalArgumentException invalid) {
                mistakes.add(new Mistake(name, text, String.valueOf(invalid.getMessage())));
            }
        }
        return mistakes;
    }

    /** Returns the value that is set; a wrong value counts as not set, and {@link #mistakes} reports it. */
    <T> Optional<T> read(Definition<T> setting) {
        for (String name : namesSet(setting)) {
            Optional<T> value = value(setting, name);
            if (value.isPresent()) {
                return value;
            }
        }
        return Optional.empty();
    }

    /** Returns the value that is set, or the setting's default, which must exist. */
    <T> T readOrDefault(Definition<T> setting) {
        Optional<T> value = read(setting);
        return value.isPresent() ? value.get() : setting.type().parse(setting.defaultText());
    }

    /** Whether a boolean is on. If it has several names, any of them turns it on (specification 1.3). */
    boolean isOn(Definition<Boolean> setting) {
        List<String> names = namesSet(setting);
        if (names.isEmpty()) {
            return setting.type().parse(setting.defaultText());
        }
        for (String name : names) {
            if (value(setting, name).orElse(false)) {
                return true;
            }
        }
        return false;
    }

    private <T> Optional<T> value(Definition<T> setting, String name) {
        try {
            return isSet(name) ? Optional.of(setting.type().parse(textOrEmpty(name))) : Optional.empty();
        } catch (IllegalArgumentException invalid) {
            // Reported once, by mistakes().
            return Optional.empty();
        }
    }
}
