package dev.fnwatchdog.undertow.internal.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Decodes and escapes request targets, in which each character is one byte, and each percent sign is followed by two
 * hexadecimal digits.
 */
public final class PercentDecoder {
    private static final String UNESCAPED = "-._~!$&'()*+,;=:@/?%";

    private PercentDecoder() {}

    /** Decodes the escapes as UTF-8; what is not UTF-8 becomes the replacement character. */
    public static String decode(String raw) {
        if (isPlain(raw)) {
            return raw;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(raw.length());
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            if (c == '%') {
                bytes.write(Integer.parseInt(raw, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static boolean isPlain(String raw) {
        return raw.chars().allMatch(c -> c != '%' && c < 0x80);
    }

    /** Escapes every byte that RFC 3986 does not permit in a target, as libraries that parse targets require it. */
    public static String escape(String raw) {
        if (raw.chars().allMatch(PercentDecoder::isLegal)) {
            return raw;
        }
        StringBuilder escaped = new StringBuilder(raw.length() + 16);
        raw.chars().forEach(c -> {
            if (isLegal(c)) {
                escaped.append((char) c);
            } else {
                escaped.append('%').append(hexDigit(c >> 4)).append(hexDigit(c));
            }
        });
        return escaped.toString();
    }

    private static boolean isLegal(int c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || UNESCAPED.indexOf(c) >= 0;
    }

    private static char hexDigit(int value) {
        return Character.toUpperCase(Character.forDigit(value & 0xf, 16));
    }
}
