package dev.fnwatchdog.core.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves specification 1.2. */
class GoDurationTest {
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "0, PT0S",
        "20, PT20S",
        "+5, PT5S",
        "0020, PT20S",
        "9223372036, PT9223372036S",
    })
    void aWholeNumberIsReadAsSeconds(String text, Duration expected) {
        assertThat(GoDuration.parse(text)).contains(expected);
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "0s, PT0S",
        "-0s, PT0S",
        "7ns, PT0.000000007S",
        "7us, PT0.000007S",
        "7µs, PT0.000007S",
        "7μs, PT0.000007S",
        "300ms, PT0.3S",
        "45s, PT45S",
        "2m, PT2M",
        "3h, PT3H",
        "1h30m, PT1H30M",
        "30m1h, PT1H30M",
        "1s1s, PT2S",
        "1.5s, PT1.5S",
        "1.s, PT1S",
        ".25h, PT15M",
        "+4s, PT4S",
        "0.1ns, PT0S",
        // Go multiplies in binary floating point. Exact decimals would be one nanosecond shorter.
        "0.3333333333333333333m, PT20S",
        "9223372036854775807ns, PT2562047H47M16.854775807S",
        "0.9999999999999999999999999s, PT1S",
    })
    void aGoDurationIsReadToTheSameNanosecondAsInGo(String text, Duration expected) {
        assertThat(GoDuration.parse(text)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                " 20 ",
                "20 ",
                "1.5",
                "1e3",
                "1e3s",
                "-1",
                "-1s",
                "--1s",
                "+",
                "-",
                ".",
                "s",
                ".s",
                "1d",
                "1S",
                "1h 30m",
                "1,5s",
                "5 s",
                "٢٠",
                "２０",
                "٥s",
                "0x10",
                "1_000",
                "1s-1ms",
                "1m+1s",
                "1s2",
                "NaN",
                "Infinity"
            })
    void textThatIsNotADurationIsRefused(String text) {
        assertThat(GoDuration.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "9223372037",
                "9223372036854775807",
                "99999999999999999999999",
                "9223372036854775808ns",
                "9223372036854775807.9s",
                "2562048h",
                "2562047h59m",
                "123456789012345678901234567890ns",
            })
    void aDurationLongerThanTheLongestOfGoIsRefused(String text) {
        assertThat(GoDuration.parse(text)).isEmpty();
    }

    /** Proves specification 3.38. */
    @ParameterizedTest
    @ValueSource(strings = {"0", "5", "0s", "-3s", "0.1ns", "", "x"})
    void aDurationOfAHeaderFieldThatIsZeroOrHasNoUnitIsRefused(String text) {
        assertThat(GoDuration.parseWithUnit(text)).isEmpty();
    }

    /** Proves specification 3.38. */
    @Test
    void aDurationOfAHeaderFieldWithItsUnitIsRead() {
        assertThat(GoDuration.parseWithUnit("1m5s")).contains(Duration.ofSeconds(65));
        assertThat(GoDuration.parseWithUnit("+1.5s")).contains(Duration.ofMillis(1500));
    }

    @ParameterizedTest(name = "{0} is printed {1}")
    @CsvSource({
        "PT0S, 0s",
        "PT0.000000001S, 1ns",
        "PT0.000000999S, 999ns",
        "PT0.00015S, 150µs",
        "PT0.000001001S, 1.001µs",
        "PT0.002S, 2ms",
        "PT0.3S, 300ms",
        "PT0.9999999S, 999.9999ms",
        "PT1S, 1s",
        "PT1.5S, 1.5s",
        "PT30S, 30s",
        "PT1M, 1m0s",
        "PT1M30.05S, 1m30.05s",
        "PT1H, 1h0m0s",
        "PT48H, 48h0m0s",
        "PT1H0M0.000000001S, 1h0m0.000000001s",
        "PT-1.5S, -1.5s",
        "PT2562047H47M16.854775807S, 2562047h47m16.854775807s",
    })
    void aDurationIsPrintedAsGoPrintsIt(Duration duration, String expected) {
        assertThat(GoDuration.format(duration)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            longs = {0, 1, 999, 1_000, 1_500_000, 2_000_000_000L, 61_000_000_001L, 3_599_999_999_999L, Long.MAX_VALUE})
    void aPrintedDurationIsReadBackUnchanged(long nanos) {
        Duration duration = Duration.ofNanos(nanos);

        assertThat(GoDuration.parse(GoDuration.format(duration))).contains(duration);
    }
}
