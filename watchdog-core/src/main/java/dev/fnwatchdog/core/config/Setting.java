package dev.fnwatchdog.core.config;

import java.util.List;

/**
 * One row of the settings table, for {@code --help} and {@code docs/settings.md} (specification 1.1).
 *
 * @param aliases other names of the same setting, mostly none
 * @param type how a value is written
 * @param defaultText the value if the variable is not set, empty if there is none
 * @param meaning plain text
 * @param modes the modes in which it has an effect
 */
public record Setting(
        String name, List<String> aliases, String type, String defaultText, String meaning, List<String> modes) {
    public Setting {
        aliases = List.copyOf(aliases);
        modes = List.copyOf(modes);
    }
}
