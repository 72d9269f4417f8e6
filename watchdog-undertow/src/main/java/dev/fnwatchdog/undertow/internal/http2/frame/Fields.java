package dev.fnwatchdog.undertow.internal.http2.frame;

import io.undertow.util.HttpString;

/** What names and values of fields may consist of in HTTP/2 (RFC 9113, section 8.2.1). */
final class Fields {
    private static final int MOST_LENGTH_DIGITS = 18;
    private static final int DELETE = 0x7f;
    private static final String NOT_ALPHANUMERIC = "!#$%&'*+-.^_`|~";

    private Fields() {}

    static boolean isLowerCaseToken(HttpString name) {
        int length = name.length();
        for (int i = 0; i < length; i++) {
            int b = name.byteAt(i);
            if (!isTokenCharacter(b) || (b >= 'A' && b <= 'Z')) {
                return false;
            }
        }
        return length > 0;
    }

    /** No NUL, CR or LF anywhere, no blank at either end. */
    static boolean isCleanValue(String value) {
        int length = value.length();
        for (int i = 0; i < length; i++) {
            char c = value.charAt(i);
            if (c == 0 || c == '\r' || c == '\n') {
                return false;
            }
        }
        return length == 0 || (!isBlank(value.charAt(0)) && !isBlank(value.charAt(length - 1)));
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    /** An empty one is refused with a response, by a handler. */
    static boolean isMethod(String text) {
        return text.chars().allMatch(Fields::isTokenCharacter);
    }

    private static boolean isTokenCharacter(int c) {
        return (c >= '0' && c <= '9')
                || (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c > 0 && NOT_ALPHANUMERIC.indexOf(c) >= 0);
    }

    /** Not empty; no user, path or query, no blank, no control character. */
    static boolean isAuthority(String text) {
        return !text.isEmpty() && text.chars().noneMatch(c -> c <= ' ' || c >= DELETE || "@/?#\\".indexOf(c) >= 0);
    }

    static boolean isLength(String text) {
        return !text.isEmpty()
                && text.length() <= MOST_LENGTH_DIGITS
                && text.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
