package dev.fnwatchdog.core.config;

import java.util.List;

/**
 * One row of the settings table, for {@code --help} and {@code docs/settings.md} (specification 1.1).
 *
 * <pre>{@code
 * for (Setting setting : Settings.all()) {
 *     System.out.println(setting.name() + " (" + setting.type() + "): " + setting.meaning());
 * }
 * }</pre>
 *
 * @param name the name of the environment variable
 * @param aliases other names of the same setting
 * @param type the form of a value
 * @param defaultText the value if the variable is not set, empty if there is none
 * @param meaning plain text
 * @param modes the modes in which it has an effect
 */
public record Setting(
        String name, List<String> aliases, String type, String defaultText, String meaning, List<String> modes) {
    /** Copies the lists. */
    public Setting {
        aliases = List.copyOf(aliases);
        modes = List.copyOf(modes);
    }
}
