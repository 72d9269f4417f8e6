package dev.fnwatchdog.core.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Thrown for invalid settings; the message has one line for each mistake and no credentials (specification 1.4, 1.5).
 *
 * <pre>{@code
 * try {
 *     WatchdogConfig.parse(Map.of("port", "80a"));
 * } catch (InvalidConfigException e) {
 *     e.mistakes().forEach(mistake -> System.err.println(mistake.describe()));
 * }
 * }</pre>
 */
public final class InvalidConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /** At least one; never serialized. */
    @SuppressWarnings("serial")
    private final List<Mistake> mistakes;

    /**
     * Creates an exception for one mistake.
     *
     * @param setting the name of the variable
     * @param value its value, empty if it is missing
     * @param expected completes the phrase "expected …"
     */
    public InvalidConfigException(String setting, String value, String expected) {
        this(List.of(new Mistake(setting, value, expected)));
    }

    /**
     * Creates an exception for several mistakes.
     *
     * @param mistakes at least one
     */
    public InvalidConfigException(List<Mistake> mistakes) {
        this.mistakes = List.copyOf(mistakes);
    }

    /** {@return one line for each mistake} */
    @Override
    public String getMessage() {
        return mistakes.stream().map(Mistake::describe).collect(Collectors.joining("\n"));
    }

    /** {@return the mistakes in the order of the settings table; those of several settings together come last} */
    public List<Mistake> mistakes() {
        return mistakes;
    }

    /**
     * One invalid variable.
     *
     * @param setting the name of the variable
     * @param value the value as it may be shown: a possible user and password before an {@code @} are hidden; empty if the
     *     variable is missing
     * @param expected completes the phrase "expected …"
     */
    public record Mistake(String setting, String value, String expected) {
        /** Hides credentials in the value. */
        public Mistake {
            value = hideCredentials(value);
        }

        /**
         * {@return the mistake as one line, such as {@code port="80a" cannot be used: expected a port from 0 to 65535}}
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
