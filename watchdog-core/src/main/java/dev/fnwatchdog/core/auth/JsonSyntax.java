package dev.fnwatchdog.core.auth;

import java.util.regex.Pattern;

/**
 * Rejects what the parser's strict mode accepts although RFC 8259 (2, 6 and 7) forbids it: control characters, escapes
 * and numbers of another form; also numbers beyond the range of a double. The parser checks the order of the tokens.
 */
final class JsonSyntax {
    /** The exponent has at most three digits, as in a double: comparing a longer one with a time can take very long. */
    private static final Pattern NUMBER = Pattern.compile("-?(?:0|[1-9][0-9]*)(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]{1,3})?");

    private static final String ESCAPED = "\"\\/bfnrtu";

    private JsonSyntax() {}

    /** @throws IllegalArgumentException if the text is not JSON; the message does not quote it */
    static void check(String text) {
        int at = 0;
        while (at < text.length()) {
            char c = text.charAt(at);
            if (c == '"') {
                at = endOfString(text, at + 1);
            } else if (isNumberChar(c) && c != 'e' && c != 'E') {
                at = endOfNumber(text, at);
            } else if (c < ' ' && c != '\t' && c != '\n' && c != '\r') {
                throw new IllegalArgumentException("a control character");
            } else {
                at++;
            }
        }
    }

    /** Returns the index behind the closing quote, or the text's length if there is none. */
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
        while (end < text.length() && isNumberChar(text.charAt(end))) {
            end++;
        }
        if (!NUMBER.matcher(text).region(from, end).matches()) {
            throw new IllegalArgumentException("a malformed number");
        }
        return end;
    }

    private static boolean isNumberChar(char c) {
        return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    }
}
