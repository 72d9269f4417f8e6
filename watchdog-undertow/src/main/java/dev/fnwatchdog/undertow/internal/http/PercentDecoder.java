package dev.fnwatchdog.undertow.internal.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Decodes and escapes request targets, in which each character is one byte. What is decoded must be {@link #isDecodable}.
 */
public final class PercentDecoder {
    private static final HexFormat UPPER_CASE = HexFormat.of().withUpperCase();
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
        return percent + 2 < raw.length()
                && HexFormat.isHexDigit(raw.charAt(percent + 1))
                && HexFormat.isHexDigit(raw.charAt(percent + 2));
    }

    /** Escapes the percent signs that do not begin an escape, for libraries that refuse them (specification 3.8). */
    public static String escapeStrayPercents(String query) {
        return isDecodable(query) ? query : query.replaceAll("%(?![0-9a-fA-F]{2})", "%25");
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
                escaped.append('%').append(UPPER_CASE.toHexDigits((byte) c));
            }
        });
        return escaped.toString();
    }

    private static boolean isPlain(int c, String unescaped) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || unescaped.indexOf(c) >= 0;
    }
}
