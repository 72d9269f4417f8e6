package dev.fnwatchdog.core.config;

import dev.fnwatchdog.core.config.InvalidConfigException.Mistake;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Environment variables, an empty one counting as not set. */
final class Variables {
    /** The system's own variable, and so no row of the settings table. */
    static final Definition<Path> TEMPORARY_DIRECTORY =
            Definition.of("TMPDIR", ValueTypes.DIRECTORY, "/tmp", "Where the lock file is.");

    private final Map<String, String> environment;

    Variables(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
    }

    /** Those of the setting's names that are set, the one that wins first. */
    List<String> namesSet(Definition<?> setting) {
        return setting.precedence().stream()
                .filter(name -> text(name).isPresent())
                .toList();
    }

    /** One for every name with a wrong value, also where another name of the setting wins over it. */
    Stream<Mistake> mistakes(Definition<?> setting) {
        return namesSet(setting).stream().flatMap(name -> mistake(setting, name).stream());
    }

    /** The value as set; wrong ones, which {@link #mistakes} tells, count as not set. */
    <T> Optional<T> read(Definition<T> setting) {
        return namesSet(setting).stream()
                .flatMap(name -> value(setting, name).stream())
                .findFirst();
    }

    /** The value as set, or the setting's default, which it must have. */
    <T> T readOrDefault(Definition<T> setting) {
        return read(setting).orElseGet(() -> setting.type().parse(setting.defaultText()));
    }

    /** Of several names of a boolean either turns it on. */
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
        } catch (IllegalArgumentException wrong) {
            // Told once, by mistakes().
            return Optional.empty();
        }
    }

    private Optional<Mistake> mistake(Definition<?> setting, String name) {
        String text = text(name).orElse("");
        try {
            setting.type().parse(text);
            return Optional.empty();
        } catch (IllegalArgumentException wrong) {
            return Optional.of(new Mistake(name, text, String.valueOf(wrong.getMessage())));
        }
    }
}
