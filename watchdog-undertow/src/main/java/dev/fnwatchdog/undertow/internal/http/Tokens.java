package dev.fnwatchdog.undertow.internal.http;

import io.undertow.util.HeaderValues;

/** The character classes of HTTP's grammar (RFC 9110, 5.6.2 and 5.5), as tables of all bytes. */
public final class Tokens {
    private static final int MAX_DIGITS = 18;
    private static final boolean[] TOKEN = new boolean[256];

    static {
        for (char c = '0'; c <= '9'; c++) {
            TOKEN[c] = true;
        }
        for (char c = 'a'; c <= 'z'; c++) {
            TOKEN[c] = true;
            TOKEN[c - 'a' + 'A'] = true;
        }
        for (char c : "!#$%&'*+-.^_`|~".toCharArray()) {
            TOKEN[c] = true;
        }
    }

    private Tokens() {}

    /** Returns whether this is a character of a method or of a field name. */
    public static boolean isTokenByte(byte b) {
        return TOKEN[b & 0xff];
    }

    /** Returns whether no field value may contain this byte: every control byte except TAB. */
    public static boolean isControlByte(int b) {
        return (b >= 0 && b < 0x20 && b != '\t') || b == 0x7f;
    }

    /** Returns whether the text is a number in decimal digits, of at most 18 of them: it fits into a signed long. */
    public static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty() && text.length() <= MAX_DIGITS;
    }

    /** Returns whether a comma-separated list contains {@code token}, in any case (RFC 9110, 5.6.1). */
    static boolean listContains(String list, String token) {
        for (String element : list.split(",", -1)) {
            if (element.trim().equalsIgnoreCase(token)) {
                return true;
            }
        }
        return false;
    }

    /** Returns whether one of several such lists contains {@code token}. */
    public static boolean anyListContains(HeaderValues lists, String token) {
        for (String list : lists) {
            if (listContains(list, token)) {
                return true;
            }
        }
        return false;
    }
}
