package dev.fnwatchdog.undertow.internal.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Decodes and escapes request targets, in which each character is one byte. What is decoded must be {@link #isDecodable}.
 */
public final class PercentDecoder {
    private static final String UNESCAPED = "-._~!$&'()*+,;=:@/?%";

    private PercentDecoder() {}

    /** Returns whether two hexadecimal digits are behind each percent sign. */
    public static boolean isDecodable(String raw) {
        for (int i = raw.indexOf('%'); i >= 0; i = raw.indexOf('%', i + 1)) {
            if (!isEscape(raw, i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isEscape(String raw, int percent) {
        return percent + 2 < raw.length() && isHex(raw.charAt(percent + 1)) && isHex(raw.charAt(percent + 2));
    }

    private static boolean isHex(char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    }

    /** Escapes the percent signs that do not begin an escape, for libraries that refuse them (specification 3.8). */
    public static String escapeStrayPercents(String query) {
        if (isDecodable(query)) {
            return query;
        }
        StringBuilder escaped = new StringBuilder(query.length() + 16);
        for (int i = 0; i < query.length(); i++) {
            char c = query.charAt(i);
            escaped.append(c == '%' && !isEscape(query, i) ? "%25" : String.valueOf(c));
        }
        return escaped.toString();
    }

    /** Decodes the escapes as UTF-8; what is not UTF-8 becomes the replacement character. */
    public static String decode(String raw) {
        if (isPlain(raw)) {
            return raw;
        }
        return new String(bytes(raw, 0, raw.length()), StandardCharsets.UTF_8);
    }

    /** Decodes the escapes between two indices to the bytes that they stand for. */
    public static byte[] bytes(String raw, int from, int to) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(to - from);
        for (int i = from; i < to; i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(raw, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }

    private static boolean isPlain(String raw) {
        return raw.chars().allMatch(c -> c != '%' && c < 0x80);
    }

    /** Escapes every byte that RFC 3986 does not permit in a target, as libraries that parse targets require it. */
    public static String escape(String raw) {
        return escape(raw, UNESCAPED);
    }

    /**
     * Escapes every byte that is neither a letter, a digit nor listed.
     *
     * @param raw a character a byte
     * @param unescaped the further characters that stay
     */
    public static String escape(String raw, String unescaped) {
        if (raw.chars().allMatch(c -> isPlain(c, unescaped))) {
            return raw;
        }
        StringBuilder escaped = new StringBuilder(raw.length() + 16);
        raw.chars().forEach(c -> {
            if (isPlain(c, unescaped)) {
                escaped.append((char) c);
            } else {
                escaped.append('%').append(hexDigit(c >> 4)).append(hexDigit(c));
            }
        });
        return escaped.toString();
    }

    private static boolean isPlain(int c, String unescaped) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || unescaped.indexOf(c) >= 0;
    }

    private static char hexDigit(int value) {
        return Character.toUpperCase(Character.forDigit(value & 0xf, 16));
    }
}
