package dev.fnwatchdog.core.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A setting as the reader needs it: its row of the table comes from the same values, so the two cannot differ.
 *
 * @param names all of them, the one that the table leads with first
 * @param lastNameWins whether the last name wins over the first where both are set, else the first does
 * @param defaultText text that {@code type} can read, empty where there is no default
 * @param required whether it must be set in every mode in which it has an effect
 */
record Definition<T>(
        List<String> names,
        boolean lastNameWins,
        ValueType<T> type,
        String defaultText,
        String meaning,
        Set<Mode> modes,
        boolean required) {

    static <T> Definition<T> of(String name, ValueType<T> type, String defaultText, String meaning) {
        return new Definition<>(List.of(name), false, type, defaultText, meaning, EnumSet.allOf(Mode.class), false);
    }

    Definition<T> forModes(Mode... chosen) {
        return new Definition<>(
                names, lastNameWins, type, defaultText, meaning, EnumSet.copyOf(Arrays.asList(chosen)), required);
    }

    Definition<T> alias(String name) {
        return withAlias(name, false);
    }

    Definition<T> overridingAlias(String name) {
        return withAlias(name, true);
    }

    Definition<T> asRequired() {
        return new Definition<>(names, lastNameWins, type, defaultText, meaning, modes, true);
    }

    String name() {
        return names.get(0);
    }

    /** The names, the one that wins first. */
    List<String> precedence() {
        List<String> order = new ArrayList<>(names);
        if (lastNameWins) {
            Collections.reverse(order);
        }
        return order;
    }

    Setting row() {
        return new Setting(
                name(),
                names.subList(1, names.size()),
                type.name(),
                defaultText,
                meaning,
                modes.stream().map(Mode::text).toList());
    }

    private Definition<T> withAlias(String name, boolean wins) {
        List<String> all = new ArrayList<>(names);
        all.add(name);
        return new Definition<>(List.copyOf(all), wins, type, defaultText, meaning, modes, required);
    }
}
