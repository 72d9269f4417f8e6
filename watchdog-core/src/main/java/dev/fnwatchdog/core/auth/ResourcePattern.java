package dev.fnwatchdog.core.auth;

import java.util.ArrayList;
import java.util.List;

/**
 * A pattern of a token, matched with the whole of {@code <namespace>:<name>} (specification 8.9). {@code *} stands for
 * any run of characters, also an empty one and one with a colon.
 *
 * <p>Each literal part is searched once, from left to right and without backtracking: matching costs at most the
 * pattern's length times the name's.
 *
 * @param parts the literal parts, between which the asterisks were
 */
record ResourcePattern(List<String> parts) {
    static ResourcePattern of(String text) {
        List<String> parts = new ArrayList<>();
        int from = 0;
        for (int star = text.indexOf('*'); star >= 0; star = text.indexOf('*', from)) {
            parts.add(text.substring(from, star));
            from = star + 1;
        }
        parts.add(text.substring(from));
        return new ResourcePattern(parts);
    }

    boolean matches(String name) {
        String first = parts.get(0);
        if (parts.size() == 1) {
            return name.equals(first);
        }
        String last = parts.get(parts.size() - 1);
        int end = name.length() - last.length();
        int from = first.length();
        if (from > end || !name.startsWith(first) || !name.endsWith(last)) {
            return false;
        }
        for (String part : parts.subList(1, parts.size() - 1)) {
            int found = name.indexOf(part, from);
            // The leftmost match is enough: the text behind it includes the text behind any other match.
            if (found < 0 || found + part.length() > end) {
                return false;
            }
            from = found + part.length();
        }
        return true;
    }
}
