package dev.fnwatchdog.undertow.internal.http2.frame;

import dev.fnwatchdog.undertow.internal.http.Tokens;
import io.undertow.util.HttpString;

/** Checks names and values of HTTP/2 fields (RFC 9113 8.2.1). */
final class Fields {
    private static final int DELETE = 0x7f;

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

    /** Returns whether it has no NUL, CR or LF, and no blank at either end. */
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

    /** An empty method passes; a handler refuses it with a response. */
    static boolean isMethod(String text) {
        return text.chars().allMatch(Fields::isTokenCharacter);
    }

    private static boolean isTokenCharacter(int c) {
        return c < 0x80 && Tokens.isTokenByte((byte) c);
    }

    /** Returns whether it is not empty and has no user, path or query, no blank and no control character. */
    static boolean isAuthority(String text) {
        return !text.isEmpty() && text.chars().noneMatch(c -> c <= ' ' || c >= DELETE || "@/?#\\".indexOf(c) >= 0);
    }

    /** Returns whether it is a scheme (RFC 3986 3.1). */
    static boolean isScheme(String text) {
        return !text.isEmpty()
                && isLetter(text.charAt(0))
                && text.chars().allMatch(c -> isLetter(c) || (c >= '0' && c <= '9') || "+-.".indexOf(c) >= 0);
    }

    private static boolean isLetter(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
