package dev.fnwatchdog.core.config;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/**
 * Parses and prints durations in Go's form, which users of of-watchdog write and find in logs (specification 1.2).
 *
 * <pre>{@code
 * Duration timeout = GoDuration.parse("1m30s").orElseThrow();
 * System.out.println(GoDuration.format(timeout.plusMillis(500))); // 1m30.5s
 * }</pre>
 *
 * <p>The longest duration is Go's: 2<sup>63</sup>-1 nanoseconds, about 292 years.
 */
public final class GoDuration {
    private static final Pattern WHOLE_SECONDS = Pattern.compile("[+-]?[0-9]+");
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private GoDuration() {}

    /**
     * Parses the value of a setting.
     *
     * @param text whole seconds ({@code 20}) or a Go duration ({@code 1h30m})
     * @return the duration; empty if the text is neither, or if the duration is negative or too long
     */
    public static Optional<Duration> parse(String text) {
        if (!WHOLE_SECONDS.matcher(text).matches()) {
            return nonNegative(text);
        }
        try {
            long seconds = Long.parseLong(text);
            return seconds < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(secondsToNanos(seconds)));
        } catch (ArithmeticException | NumberFormatException tooLong) {
            return Optional.empty();
        }
    }

    /**
     * Parses a Go duration with a unit, as required in the header field {@code X-Timeout} (specification 3.38).
     *
     * @param text a Go duration
     * @return the duration; empty if the text is anything else, or if the duration is not more than zero
     */
    public static Optional<Duration> parseWithUnit(String text) {
        return nonNegative(text).filter(duration -> !duration.isZero());
    }

    /**
     * Prints a duration as Go does: {@code 1h0m0s}, {@code 1m30s}, {@code 1.5s}, {@code 300ms}, {@code 150µs}, {@code 0s}.
     *
     * @param duration any duration
     * @return its text
     */
    public static String format(Duration duration) {
        if (duration.isNegative()) {
            return "-" + format(duration.negated());
        }
        return duration.toSeconds() == 0 ? formatFraction(duration.toNanosPart()) : formatSeconds(duration);
    }

    private static Optional<Duration> nonNegative(String text) {
        boolean signed = text.startsWith("-") || text.startsWith("+");
        OptionalLong nanos = GoDurationReader.nanos(signed ? text.substring(1) : text);
        if (nanos.isEmpty() || (text.startsWith("-") && nanos.getAsLong() != 0)) {
            return Optional.empty();
        }
        return Optional.of(Duration.ofNanos(nanos.getAsLong()));
    }

    private static long secondsToNanos(long seconds) {
        return Math.multiplyExact(seconds, NANOS_PER_SECOND);
    }

    private static String formatFraction(int nanos) {
        if (nanos == 0) {
            return "0s";
        }
        if (nanos < 1_000) {
            return nanos + "ns";
        }
        return nanos < 1_000_000 ? decimal(nanos, 1_000) + "µs" : decimal(nanos, 1_000_000) + "ms";
    }

    private static String formatSeconds(Duration duration) {
        long minutes = duration.toMinutes();
        String text =
                decimal(duration.toSecondsPart() * NANOS_PER_SECOND + duration.toNanosPart(), NANOS_PER_SECOND) + "s";
        if (minutes > 0) {
            text = minutes % 60 + "m" + text;
        }
        return minutes >= 60 ? minutes / 60 + "h" + text : text;
    }

    /** Divides by a power of ten; the result is exact, without trailing zeros. */
    private static String decimal(long nanos, long unit) {
        long fraction = nanos % unit;
        if (fraction == 0) {
            return Long.toString(nanos / unit);
        }
        String digits = Long.toString(unit + fraction).substring(1);
        int end = digits.length();
        while (digits.charAt(end - 1) == '0') {
            end--;
        }
        return nanos / unit + "." + digits.substring(0, end);
    }
}
