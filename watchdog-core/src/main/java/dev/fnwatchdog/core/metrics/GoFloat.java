package dev.fnwatchdog.core.metrics;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Numbers as Go's Prometheus client prints them: the fewest digits that read back as the same value, with an exponent
 * below 0.0001 and from 1e+06 on. A series' {@code le} is such text, and two spellings are two series.
 */
final class GoFloat {
    private static final int SMALLEST_PLAIN_EXPONENT = -4;
    private static final int FIRST_LARGE_EXPONENT = 6;
    private static final double FIRST_SCIENTIFIC = 1e6;
    /** No double needs more. */
    private static final int MOST_DIGITS = 17;
    /** Up to here every whole number is a double, and no shorter number reads back as it. */
    private static final double EXACT_WHOLE = 1e15;

    private GoFloat() {}

    static String format(double value) {
        if (Double.isNaN(value)) {
            return "NaN";
        }
        if (Double.isInfinite(value)) {
            return value > 0 ? "+Inf" : "-Inf";
        }
        if (value == Math.rint(value) && Math.abs(value) < FIRST_SCIENTIFIC) {
            // Nearly all values are such counts; zero has no sign.
            return Long.toString((long) value);
        }
        String magnitude = magnitude(Math.abs(value));
        return value < 0 ? "-" + magnitude : magnitude;
    }

    private static String magnitude(double value) {
        BigDecimal shortest = shortest(value).stripTrailingZeros();
        int exponent = shortest.precision() - shortest.scale() - 1;
        return exponent < SMALLEST_PLAIN_EXPONENT || exponent >= FIRST_LARGE_EXPONENT
                ? scientific(shortest.unscaledValue().toString(), exponent)
                : shortest.toPlainString();
    }

    private static String scientific(String digits, int exponent) {
        String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
        String padding = Math.abs(exponent) < 10 ? "0" : "";
        return digits.charAt(0) + fraction + (exponent < 0 ? "e-" : "e+") + padding + Math.abs(exponent);
    }

    /** Double.toString is not it: before JDK 19 it may give digits too many, and it always gives two. */
    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        if (value < EXACT_WHOLE && value == Math.rint(value)) {
            return exact;
        }
        BigDecimal best = exact;
        int digits = Math.min(MOST_DIGITS, new BigDecimal(Double.toString(value)).precision());
        for (; digits > 0; digits--) {
            BigDecimal shorter = rounded(exact, value, digits);
            if (shorter.doubleValue() != value) {
                break;
            }
            best = shorter;
        }
        return best;
    }

    /** The number of so many digits that reads back as the value and is nearest to it; else one that does not. */
    private static BigDecimal rounded(BigDecimal exact, double value, int digits) {
        BigDecimal nearest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
        if (nearest.doubleValue() == value) {
            return nearest;
        }
        // Below a power of two doubles are closer together: the nearest may fail where the one on the far side does
        // not.
        return exact.round(new MathContext(digits, RoundingMode.UP));
    }
}
