package dev.fnwatchdog.core.config;

import java.util.List;
import java.util.Optional;

/**
 * The table of all settings, which is made from the definitions of the parser (specification 1.1).
 *
 * <pre>{@code
 * System.out.print(Settings.help());
 * }</pre>
 */
public final class Settings {
    private static final int WIDTH = 100;
    private static final String INDENT = "      ";
    private static final List<Setting> ALL =
            Definitions.ALL.stream().<Setting>map(Definition::row).toList();

    private Settings() {}

    /** {@return one row for each setting, in the order of the table} */
    public static List<Setting> all() {
        return ALL;
    }

    /**
     * Returns the setting that a user probably meant by a misspelled name (specification 1.8).
     *
     * @param name any name
     * @return the setting that differs from it by one or two letters; empty if there is none, or if the name is a setting
     */
    public static Optional<String> meant(String name) {
        return Misspelling.meant(name);
    }

    /**
     * {@return the text of {@code --help}, in lines of at most 100 characters, the last one with a newline} See specification
     * 1.21.
     */
    public static String help() {
        StringBuilder text = new StringBuilder("""
                Usage: watchdog [--help | --version | --run-healthcheck | --archive FILE [PATH...]]

                  --help             print this text
                  --version          print the version
                  --run-healthcheck  exit with 0 if the watchdog that runs here is healthy, otherwise with 1
                  --archive          write an archive of classes to FILE, for a shorter startup

                Without an option the watchdog starts. These environment variables configure it:

                """);
        ALL.forEach(setting -> describe(setting, text));
        text.append("""
                A duration is a whole number of seconds (20) or a Go duration (1h30m, 1.5s, 300ms). A boolean is
                true or 1, false or 0, in upper or lower case; if it has two names, either one turns it on. An
                empty value counts as not set.
                """);
        return text.toString();
    }

    private static void describe(Setting setting, StringBuilder text) {
        text.append("  ").append(setting.name());
        setting.aliases().forEach(alias -> text.append(", ").append(alias));
        text.append("  (").append(setting.type()).append(")\n");
        wrap(setting.meaning(), text);
        String fallback = setting.defaultText().isEmpty() ? "none" : setting.defaultText();
        String modes = setting.modes().size() == Mode.values().length ? "all" : String.join(", ", setting.modes());
        wrap("Default: " + fallback + ". Modes: " + modes + ".", text);
        text.append('\n');
    }

    private static void wrap(String sentence, StringBuilder text) {
        StringBuilder line = new StringBuilder(INDENT);
        for (String word : sentence.split(" ", -1)) {
            boolean first = line.length() == INDENT.length();
            if (!first && line.length() + 1 + word.length() > WIDTH) {
                text.append(line).append('\n');
                line.setLength(INDENT.length());
                first = true;
            }
            line.append(first ? "" : " ").append(word);
        }
        text.append(line).append('\n');
    }
}
