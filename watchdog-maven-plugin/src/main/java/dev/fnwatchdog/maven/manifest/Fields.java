package dev.fnwatchdog.maven.manifest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The entries of a YAML mapping, in the order in which they are written. */
final class Fields {
    private final Map<String, Object> entries = new LinkedHashMap<>();

    static Fields of(String name, Object value) {
        return new Fields().with(name, value);
    }

    /** Adds an entry; a value is text, a number, a boolean, other fields, or a list of these. */
    Fields with(String name, Object value) {
        entries.put(name, plain(value));
        return this;
    }

    /** Adds an entry if its text is not empty. */
    Fields withText(String name, String text) {
        return text.isEmpty() ? this : with(name, text);
    }

    /** Adds other fields under a name if there are any. */
    Fields withAll(String name, Fields fields) {
        return fields.entries.isEmpty() ? this : with(name, fields);
    }

    /** Returns a copy: two places that shared one object would become an anchor and an alias in YAML. */
    Map<String, Object> map() {
        Map<String, Object> copy = new LinkedHashMap<>();
        entries.forEach((name, value) -> copy.put(name, plain(value)));
        return copy;
    }

    private static Object plain(Object value) {
        if (value instanceof Fields fields) {
            return fields.map();
        }
        if (value instanceof List<?> list) {
            List<Object> copy = new ArrayList<>();
            list.forEach(item -> copy.add(plain(item)));
            return copy;
        }
        return value;
    }
}
