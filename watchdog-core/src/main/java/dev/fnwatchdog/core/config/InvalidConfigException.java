package dev.fnwatchdog.core.config;

import java.util.List;
import java.util.stream.Collectors;

/** Invalid settings; the message has one line per mistake and no credentials (specification 1.4, 1.5). */
public final class InvalidConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    // Never serialized.
    @SuppressWarnings("serial")
    private final List<Mistake> mistakes;

    public InvalidConfigException(String setting, String value, String expected) {
        this(List.of(new Mistake(setting, value, expected)));
    }

    public InvalidConfigException(List<Mistake> mistakes) {
        this.mistakes = List.copyOf(mistakes);
    }

    /** Returns one line per mistake. */
    @Override
    public String getMessage() {
        return mistakes.stream().map(Mistake::describe).collect(Collectors.joining("\n"));
    }

    /** Returns the mistakes in the order of the settings table; those that concern several settings come last. */
    public List<Mistake> mistakes() {
        return mistakes;
    }

    /**
     * One wrong variable.
     *
     * @param value the value as it may be shown: what may be a user and a password before an {@code @} is hidden; empty
     *     if the variable is missing
     * @param expected completes the phrase "expected …"
     */
    public record Mistake(String setting, String value, String expected) {
        public Mistake {
            value = hideCredentials(value);
        }

        /**
         * Returns the mistake as one line, such as {@code port="80a" cannot be used: expected a port from 0 to 65535}.
         */
        public String describe() {
            String line = value.isEmpty()
                    ? "%s is not set: expected %s".formatted(setting, expected)
                    : "%s=\"%s\" cannot be used: expected %s".formatted(setting, value, expected);
            return escapeControls(line);
        }

        // Hides everything up to the last @, not only what a URL parser would call the user: the value is wrong, and
        // the password may contain the character that makes it wrong.
        private static String hideCredentials(String value) {
            int at = value.lastIndexOf('@');
            if (at < 0) {
                return value;
            }
            int slashes = value.indexOf("//");
            int start = slashes >= 0 && slashes < value.indexOf('@') ? slashes + 2 : 0;
            return value.substring(0, start) + "***" + value.substring(at);
        }

        private static String escapeControls(String line) {
            StringBuilder escaped = new StringBuilder(line.length());
            line.codePoints().forEach(c -> {
                if (c == '\n') {
                    escaped.append("\\n");
                } else if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                    escaped.append("\\u%04x".formatted(c));
                } else {
                    escaped.appendCodePoint(c);
                }
            });
            return escaped.toString();
        }
    }
}
