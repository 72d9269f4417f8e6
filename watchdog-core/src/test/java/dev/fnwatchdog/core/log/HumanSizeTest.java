package dev.fnwatchdog.core.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves specification 6.5. */
class HumanSizeTest {
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "-1, -1B",
        "0, 0B",
        "39, 39B",
        "999, 999B",
        "1000, 1kB",
        "1024, 1.024kB",
        "1500, 1.5kB",
        "12345, 12.35kB",
        "99999, 100kB",
        "123456, 123.5kB",
        "999949, 999.9kB",
        "999999, 1000kB",
        "1000000, 1MB",
        "10000000, 10MB",
        "1048576, 1.049MB",
        "1073741824, 1.074GB",
        "5000000000000, 5TB",
        "7250000000000000, 7.25PB",
        "9223372036854775807, 9.223EB",
    })
    void aSizeIsPrintedInDecimalUnitsWithFourSignificantDigits(long bytes, String text) {
        assertThat(HumanSize.format(bytes)).isEqualTo(text);
    }

    @Test
    void aSizeIsRoundedFromItsExactDoubleValueAsPrintfDoes() {
        Random random = new Random(1);
        for (int i = 0; i < 200_000; i++) {
            // Many of these end in 5, where rounding the decimal representation gives another result.
            long bytes = 1000 + (random.nextLong() >>> (1 + random.nextInt(50))) / 5 * 5;
            assertThat(HumanSize.format(bytes)).as("%d", bytes).isEqualTo(exactlyRounded(bytes));
        }
    }

    private static String exactlyRounded(long bytes) {
        double size = (double) bytes;
        int unit = 0;
        while (size >= 1000) {
            size /= 1000;
            unit++;
        }
        BigDecimal rounded = new BigDecimal(size).round(new MathContext(4, RoundingMode.HALF_EVEN));
        return rounded.stripTrailingZeros().toPlainString()
                + new String[] {"B", "kB", "MB", "GB", "TB", "PB", "EB"}[unit];
    }
}
