package dev.fnwatchdog.core.auth;

import java.util.regex.Pattern;

/**
 * Checks the tokens of a JSON text for what the parser's strict mode still accepts: control characters, escapes and numbers
 * that RFC 8259 (2, 6 and 7) does not have, and numbers beyond what a double holds. The parser checks their order.
 */
final class JsonSyntax {
    /** A double has no longer exponent, and comparing it with a time can take very long. */
    private static final Pattern NUMBER = Pattern.compile("-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?");

    private static final String ESCAPED = "\"\\/bfnrtu";

    private JsonSyntax() {}

    /** @throws IllegalArgumentException where the text is no JSON; the message does not quote it */
    static void check(String text) {
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                at = endOfString(text, at + 1);
            } else if (isOfNumber(c) && c != 'e' && c != 'E') {
                at = endOfNumber(text, at);
            } else if (c < ' ' && c != '\t' && c != '\n' && c != '\r') {
                throw new IllegalArgumentException("a control character");
            } else {
                at++;
            }
        }
    }

    /** The index behind the closing quote, or the text's length where there is none. */
    private static int endOfString(String text, int from) {
        int at = from;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return at;
            }
            if (c < ' ') {
                throw new IllegalArgumentException("a control character in a string");
            }
            if (c == '\\' && at < text.length() && ESCAPED.indexOf(text.charAt(at++)) < 0) {
                throw new IllegalArgumentException("an unknown escape");
            }
        }
        return at;
    }

    private static int endOfNumber(String text, int from) {
        int end = from;
        while (end < text.length() && isOfNumber(text.charAt(end))) {
            end++;
        }
        if (!NUMBER.matcher(text).region(from, end).matches()) {
            throw new IllegalArgumentException("a malformed number");
        }
        return end;
    }

    private static boolean isOfNumber(char c) {
        return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    }
}
