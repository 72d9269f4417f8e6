package dev.fnwatchdog.core.config;

import dev.fnwatchdog.core.config.InvalidConfigException.Mistake;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Environment variables; an empty one counts as not set (specification 1.3). */
final class Variables {
    /** A variable of the system, which is therefore not a row of the settings table. */
    static final Definition<Path> TEMPORARY_DIRECTORY =
            Definition.of("TMPDIR", ValueTypes.DIRECTORY, "/tmp", "Where the lock file is.");

    private final Map<String, String> environment;

    Variables(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
    }

    /** Returns those of the setting's names that are set, in the order of precedence. */
    List<String> namesSet(Definition<?> setting) {
        List<String> set = setting.precedence().stream()
                .filter(name -> text(name).isPresent())
                .toList();
        return set.isEmpty() && setting.name().equals(Definitions.PORT.name())
                ? KnativeVariables.portVariable(environment).stream().toList()
                : set;
    }

    /** Returns the names of all variables that are set, in alphabetical order. */
    Stream<String> names() {
        return environment.keySet().stream()
                .filter(name -> text(name).isPresent())
                .sorted();
    }

    /** Returns one mistake for each name with a wrong value, also if another name of the setting takes precedence. */
    Stream<Mistake> mistakes(Definition<?> setting) {
        return namesSet(setting).stream().flatMap(name -> mistake(setting, name).stream());
    }

    /** Returns the value that is set; a wrong value counts as not set, and {@link #mistakes} reports it. */
    <T> Optional<T> read(Definition<T> setting) {
        return namesSet(setting).stream()
                .flatMap(name -> value(setting, name).stream())
                .findFirst();
    }

    /** Returns the value that is set, or the setting's default, which must exist. */
    <T> T readOrDefault(Definition<T> setting) {
        return read(setting).orElseGet(() -> setting.type().parse(setting.defaultText()));
    }

    /** Whether a boolean is on. If it has several names, any of them turns it on (specification 1.3). */
    boolean isOn(Definition<Boolean> setting) {
        List<String> names = namesSet(setting);
        if (names.isEmpty()) {
            return setting.type().parse(setting.defaultText());
        }
        return names.stream().anyMatch(name -> value(setting, name).orElse(false));
    }

    private <T> Optional<T> value(Definition<T> setting, String name) {
        try {
            return text(name).map(setting.type()::parse);
        } catch (IllegalArgumentException invalid) {
            // Reported once, by mistakes().
            return Optional.empty();
        }
    }

    private Optional<Mistake> mistake(Definition<?> setting, String name) {
        String text = text(name).orElse("");
        try {
            setting.type().parse(text);
            return Optional.empty();
        } catch (IllegalArgumentException invalid) {
            return Optional.of(new Mistake(name, text, String.valueOf(invalid.getMessage())));
        }
    }
}
