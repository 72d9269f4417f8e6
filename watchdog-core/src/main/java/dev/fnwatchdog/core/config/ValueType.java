package dev.fnwatchdog.core.config;

/**
 * A type of settings: how text becomes a value.
 *
 * @param name the type as the settings table shows it
 * @param syntax gives values of type {@code T}
 */
record ValueType<T>(String name, ValueTypes.Syntax syntax) {
    /** @throws IllegalArgumentException for invalid text; the message says what is expected */
    @SuppressWarnings("unchecked") // Each syntax belongs to the types of ValueTypes that use it.
    T parse(String text) {
        return (T) syntax.parse(text);
    }
}
