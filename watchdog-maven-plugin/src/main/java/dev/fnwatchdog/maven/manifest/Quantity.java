package dev.fnwatchdog.maven.manifest;

import dev.fnwatchdog.maven.config.InvalidParameterException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of a resource in the notation of Kubernetes, such as {@code 100m} or {@code 256Mi}.
 *
 * @param value in processors or bytes
 */
record Quantity(String text, BigDecimal value) {
    private static final Pattern NOTATION = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,9})?)(m|k|M|G|T|Ki|Mi|Gi|Ti|)");
    private static final Map<String, BigDecimal> UNITS = Map.of(
            "", BigDecimal.ONE,
            "m", new BigDecimal("0.001"),
            "k", BigDecimal.TEN.pow(3),
            "M", BigDecimal.TEN.pow(6),
            "G", BigDecimal.TEN.pow(9),
            "T", BigDecimal.TEN.pow(12),
            "Ki", BigDecimal.valueOf(1L << 10),
            "Mi", BigDecimal.valueOf(1L << 20),
            "Gi", BigDecimal.valueOf(1L << 30),
            "Ti", BigDecimal.valueOf(1L << 40));
    private static final BigDecimal LEAST_PROCESSOR = new BigDecimal("0.001");
    private static final BigDecimal KIBIBYTE = BigDecimal.valueOf(1L << 10);
    private static final BigDecimal MEBIBYTE = BigDecimal.valueOf(1L << 20);

    static Quantity processors(String parameter, String text) {
        return parse(parameter, text, LEAST_PROCESSOR, "processors or thousandths of one, such as 1, 0.5 or 100m");
    }

    static Quantity memory(String parameter, String text) {
        // In Kubernetes 128m are an eighth of a byte.
        return parse(parameter, text, MEBIBYTE, "an amount of memory of at least 1Mi, such as 256Mi or 1Gi");
    }

    private static Quantity parse(String parameter, String text, BigDecimal least, String expected) {
        Matcher parts = NOTATION.matcher(text);
        if (!parts.matches()) {
            throw new InvalidParameterException(parameter, text, expected);
        }
        BigDecimal value = new BigDecimal(parts.group(1)).multiply(UNITS.getOrDefault(parts.group(2), BigDecimal.ONE));
        if (value.compareTo(least) < 0) {
            throw new InvalidParameterException(parameter, text, expected);
        }
        return new Quantity(text, value);
    }

    boolean isMoreThan(Quantity other) {
        return value.compareTo(other.value) > 0;
    }

    /** Returns processors as a decimal number, for Compose. */
    String decimal() {
        return value.stripTrailingZeros().toPlainString();
    }

    /** Returns memory in the largest unit of Compose that is exact: {@code 256m}, {@code 1500k}, {@code 2000001b}. */
    String bytes() {
        return isWhole(MEBIBYTE)
                ? whole(MEBIBYTE) + "m"
                : isWhole(KIBIBYTE) ? whole(KIBIBYTE) + "k" : whole(BigDecimal.ONE) + "b";
    }

    private boolean isWhole(BigDecimal unit) {
        return value.remainder(unit).signum() == 0;
    }

    private String whole(BigDecimal unit) {
        return value.divideToIntegralValue(unit).toBigInteger().toString();
    }
}
