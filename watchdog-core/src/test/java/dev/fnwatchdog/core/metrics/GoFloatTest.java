package dev.fnwatchdog.core.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The expected column is the output of Go 1.26's {@code strconv.FormatFloat(v, 'g', -1, 64)}. Proves specification 2.9.
 */
class GoFloatTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, 0",
        "1, 1",
        "-1, -1",
        "1.5, 1.5",
        "-2.25, -2.25",
        "0.1, 0.1",
        "0.005, 0.005",
        "0.30000000000000004, 0.30000000000000004",
        "0.3333333333333333, 0.3333333333333333",
        "NaN, NaN",
        "Infinity, +Inf",
        "-Infinity, -Inf",
        // An exponent below -4 ...
        "0.001, 0.001",
        "0.0001, 0.0001",
        "0.00012345, 0.00012345",
        "0.00001, 1e-05",
        "0.000012345, 1.2345e-05",
        "-0.00001, -1e-05",
        "1e-10, 1e-10",
        // ... or of 6 and more.
        "100000, 100000",
        "123456, 123456",
        "123456.7, 123456.7",
        "999999, 999999",
        "999999.5, 999999.5",
        "1000000, 1e+06",
        "1234567, 1.234567e+06",
        "12345679, 1.2345679e+07",
        "12345678.9, 1.23456789e+07",
        "1795335671.23, 1.79533567123e+09",
        "999999999999999, 9.99999999999999e+14",
        "1000000000000000, 1e+15",
        "9007199254740993, 9.007199254740992e+15",
        "1152921504606846976, 1.152921504606847e+18",
        // The form does not change at 21 digits.
        "100000000000000000000, 1e+20",
        "123456789012345678901, 1.2345678901234568e+20",
        "1000000000000000000000, 1e+21",
        "1e100, 1e+100",
        // Double.toString prints too many digits here, or one more than necessary.
        "2e-3, 0.002",
        "2e23, 2e+23",
        "1e23, 1e+23",
        "8.41e21, 8.41e+21",
        "2.0019e22, 2.0019e+22",
        "4.9e-324, 5e-324",
        "1.976e-323, 2e-323",
        // A power of two: the nearest of 16 digits does not read back, its neighbour does.
        "5.684341886080802e-14, 5.684341886080802e-14",
        "2.2250738585072014e-308, 2.2250738585072014e-308",
        "1.7976931348623157e308, 1.7976931348623157e+308"
    })
    void aNumberIsPrintedAsGoPrintsIt(double value, String expected) {
        assertThat(GoFloat.format(value)).isEqualTo(expected);
    }
}
