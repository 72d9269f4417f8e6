package dev.fnwatchdog.core.config;

import java.util.function.Function;

/**
 * A type of settings: how text becomes a value.
 *
 * @param name the type as the settings table shows it
 * @param parser throws {@link IllegalArgumentException} for invalid text; the message says what is expected
 */
record ValueType<T>(String name, Function<String, T> parser) {
    T parse(String text) {
        return parser.apply(text);
    }
}
