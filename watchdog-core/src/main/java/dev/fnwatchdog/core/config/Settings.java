package dev.fnwatchdog.core.config;

import java.util.List;
import java.util.Optional;

/** The table of all settings, made from the definitions that the parser uses (specification 1.1). */
public final class Settings {
    private static final int WIDTH = 100;
    private static final String INDENT = "      ";
    private static final List<Setting> ALL =
            Definitions.ALL.stream().<Setting>map(Definition::row).toList();

    private Settings() {}

    /** Returns one row per setting, in the order of the table. */
    public static List<Setting> all() {
        return ALL;
    }

    /**
     * Returns the setting that a user has probably meant with a name that is not a setting, and differs from one by one or two
     * letters (specification 1.8).
     */
    public static Optional<String> meant(String name) {
        return Misspelling.meant(name);
    }

    /**
     * Returns what {@code --help} prints, in lines of at most 100 characters (specification 1.21). The last line ends
     * with a newline.
     */
    public static String help() {
        StringBuilder text = new StringBuilder("""
                Usage: watchdog [--help | --version | --run-healthcheck | --archive FILE [PATH...]]

                  --help             print this text
                  --version          print the version
                  --run-healthcheck  exit with 0 while the watchdog beside it is healthy, else with 1
                  --archive          write an archive of classes to FILE, for starts in less time

                Without an option the watchdog runs. It is set up by environment variables:

                """);
        ALL.forEach(setting -> describe(setting, text));
        text.append("""
                A duration is whole seconds (20) or a Go duration (1h30m, 1.5s, 300ms). A boolean is true or 1,
                false or 0, in any case; of two names of one either turns it on. An empty value counts as not set.
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
