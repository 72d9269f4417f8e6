package dev.fnwatchdog.core.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proves specification 3.38. */
class RequestTimeoutTest {
    private static final Duration EXEC = Duration.ofSeconds(10);

    @Test
    void withoutXTimeoutTheTimeoutOfARequestIsExecTimeout() {
        assertThat(RequestTimeout.effective(EXEC, null)).isEqualTo(EXEC);
        assertThat(RequestTimeout.effective(Duration.ZERO, null)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"9.999s, PT9.999S", "300ms, PT0.3S", "1ns, PT0.000000001S", "+2s, PT2S", "10s, PT10S"})
    void anXTimeoutShorterThanExecTimeoutShortensTheRequest(String header, Duration expected) {
        assertThat(RequestTimeout.effective(EXEC, header)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10001ms", "1h", "300000h", "9223372036854775807ns"})
    void anXTimeoutLongerThanExecTimeoutIsIgnored(String header) {
        assertThat(RequestTimeout.effective(EXEC, header)).isEqualTo(EXEC);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0s", "-0s", "-1s", "5", "soon", "1e3s", "5s 5s", "5s,5s", "٥s", "1S", "0.1ns"})
    void anXTimeoutThatIsZeroNegativeOrNotADurationIsIgnored(String header) {
        assertThat(RequestTimeout.effective(EXEC, header)).isEqualTo(EXEC);
    }

    @Test
    void anXTimeoutIsIgnoredWhereExecTimeoutIsZero() {
        assertThat(RequestTimeout.effective(Duration.ZERO, "1s")).isZero();
    }
}
