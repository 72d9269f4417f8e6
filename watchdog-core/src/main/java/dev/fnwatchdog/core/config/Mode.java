package dev.fnwatchdog.core.config;

import java.util.Locale;
import java.util.StringJoiner;

/** The values of {@code mode}, in the order in which messages list them (specification 1.10). */
enum Mode {
    STREAMING,
    SERIALIZING,
    HTTP,
    STATIC,
    INPROC;

    private final String text = name().toLowerCase(Locale.ROOT);

    String text() {
        return text;
    }

    static String texts(String separator) {
        StringJoiner texts = new StringJoiner(separator);
        for (Mode mode : values()) {
            texts.add(mode.text());
        }
        return texts.toString();
    }

    /** Throws {@link IllegalArgumentException} for any other text; the message says what is expected. */
    static Mode parse(String given) {
        String canonical = given.equals("serialising") ? SERIALIZING.text : given;
        for (Mode mode : values()) {
            if (mode.text.equals(canonical)) {
                return mode;
            }
        }
        String expected = "one of " + texts(", ");
        throw new IllegalArgumentException(
                given.equals("afterburn") ? expected + "; the mode afterburn no longer exists" : expected);
    }
}
