package dev.fnwatchdog.core.config;

import java.util.List;
import java.util.stream.Collectors;

/** Settings that a user has to mend; its message has one line a mistake and no credential (contract 1). */
public final class InvalidConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    // Kept in one JVM, never serialised.
    @SuppressWarnings("serial")
    private final List<Mistake> mistakes;

    public InvalidConfigException(String setting, String value, String expected) {
        this(List.of(new Mistake(setting, value, expected)));
    }

    public InvalidConfigException(List<Mistake> mistakes) {
        this.mistakes = List.copyOf(mistakes);
    }

    /** One line a mistake. */
    @Override
    public String getMessage() {
        return mistakes.stream().map(Mistake::describe).collect(Collectors.joining("\n"));
    }

    /** In the order of the settings table, those that concern several settings last. */
    public List<Mistake> mistakes() {
        return mistakes;
    }

    /**
     * One wrong variable.
     *
     * @param value as it may be shown: what may be a user and password before an {@code @} is hidden; empty where the
     *     variable is missing
     * @param expected completes the sentence "expected …"
     */
    public record Mistake(String setting, String value, String expected) {
        public Mistake {
            value = hideCredentials(value);
        }

        /** The mistake in one line, such as {@code port="80a" cannot be used: expected a port from 0 to 65535}. */
        public String describe() {
            String line = value.isEmpty()
                    ? "%s is not set: expected %s".formatted(setting, expected)
                    : "%s=\"%s\" cannot be used: expected %s".formatted(setting, value, expected);
            return escapeControls(line);
        }

        // All up to the last @, not just what a URL parser would call its user: the value is wrong, so the password may
        // well hold the very character that made it so.
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
