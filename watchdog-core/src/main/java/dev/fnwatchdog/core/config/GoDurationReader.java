package dev.fnwatchdog.core.config;

import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Parses the unsigned part of a Go duration to the same nanosecond as Go does. */
final class GoDurationReader {
    // Both micro signs are in use: U+00B5 and U+03BC.
    private static final Pattern PART =
            Pattern.compile("(?:([0-9]+)(?:\\.([0-9]*))?|\\.([0-9]+))(ns|us|\u00b5s|\u03bcs|ms|s|m|h)");
    private static final Map<String, Long> NANOS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "\u00b5s", 1_000L,
            "\u03bcs", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L);

    private GoDurationReader() {}

    /** Empty if the text is not a duration, or is longer than Go's longest. */
    static OptionalLong nanos(String text) {
        Matcher part = PART.matcher(text);
        long total = 0;
        int end = 0;
        try {
            while (part.lookingAt()) {
                total = Math.addExact(total, nanos(part));
                end = part.end();
                part.region(end, text.length());
            }
        } catch (ArithmeticException | NumberFormatException tooLong) {
            return OptionalLong.empty();
        }
        return end > 0 && end == text.length() ? OptionalLong.of(total) : OptionalLong.empty();
    }

    private static long nanos(Matcher part) {
        long unit = NANOS.getOrDefault(part.group(4), 0L);
        String whole = part.group(1);
        if (whole == null) {
            return fraction(part.group(3), unit);
        }
        String fraction = part.group(2);
        long nanos = Math.multiplyExact(Long.parseLong(whole), unit);
        return fraction == null ? nanos : Math.addExact(nanos, fraction(fraction, unit));
    }

    /**
     * Follows Go's arithmetic: digits beyond 63 bits are dropped, and the product is computed in binary floating point.
     */
    private static long fraction(String digits, long unit) {
        long value = 0;
        double scale = 1;
        for (int i = 0; i < digits.length() && value <= Long.MAX_VALUE / 10; i++) {
            long next = value * 10 + (digits.charAt(i) - '0');
            if (next < 0) {
                break;
            }
            value = next;
            scale *= 10;
        }
        return (long) (value * (unit / scale));
    }
}
