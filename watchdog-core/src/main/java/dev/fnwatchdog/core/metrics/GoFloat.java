package dev.fnwatchdog.core.metrics;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Formats numbers as Go's Prometheus client does: the fewest digits that parse to the same value, with an exponent
 * below 0.0001 and from 1e+06 on (specification 2.9). Two spellings of {@code le} would be two series.
 */
final class GoFloat {
    private static final int SMALLEST_PLAIN_EXPONENT = -4;
    private static final int FIRST_LARGE_EXPONENT = 6;
    private static final double FIRST_SCIENTIFIC = 1e6;
    /** No double needs more digits. */
    private static final int MAX_DIGITS = 17;
    /** Up to this value every whole number is a double, and no shorter number parses to it. */
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
            // Most values are such counts; zero has no sign.
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

    /**
     * Double.toString does not do this: before JDK 19 it may print too many digits, and it always prints at least two.
     */
    private static BigDecimal shortest(double value) {
        BigDecimal exact = new BigDecimal(value);
        if (value < EXACT_WHOLE && value == Math.rint(value)) {
            return exact;
        }
        BigDecimal best = exact;
        int digits = Math.min(MAX_DIGITS, new BigDecimal(Double.toString(value)).precision());
        for (; digits > 0; digits--) {
            BigDecimal shorter = rounded(exact, value, digits);
            if (shorter.doubleValue() != value) {
                break;
            }
            best = shorter;
        }
        return best;
    }

    /**
     * Returns the number with that many digits that parses to the value and is nearest to it, or one that does not
     * parse to it.
     */
    private static BigDecimal rounded(BigDecimal exact, double value, int digits) {
        BigDecimal nearest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
        if (nearest.doubleValue() == value) {
            return nearest;
        }
        // Below a power of two doubles are closer together: the nearest number may fail where the one on the far side
        // does not.
        return exact.round(new MathContext(digits, RoundingMode.UP));
    }
}
