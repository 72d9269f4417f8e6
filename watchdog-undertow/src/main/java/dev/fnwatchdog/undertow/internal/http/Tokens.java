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
        int from = 0;
        while (from <= list.length()) {
            int comma = list.indexOf(',', from);
            int end = comma < 0 ? list.length() : comma;
            if (sameTrimmed(list, from, end, token)) {
                return true;
            }
            from = end + 1;
        }
        return false;
    }

    /** Returns whether one of several such lists contains {@code token}. */
    public static boolean anyListContains(HeaderValues lists, String token) {
        for (int i = 0; i < lists.size(); i++) {
            if (listContains(lists.get(i), token)) {
                return true;
            }
        }
        return false;
    }

    private static boolean sameTrimmed(String list, int from, int to, String token) {
        int start = from;
        int end = to;
        while (start < end && list.charAt(start) <= ' ') {
            start++;
        }
        while (end > start && list.charAt(end - 1) <= ' ') {
            end--;
        }
        return end - start == token.length() && list.regionMatches(true, start, token, 0, token.length());
    }
}
