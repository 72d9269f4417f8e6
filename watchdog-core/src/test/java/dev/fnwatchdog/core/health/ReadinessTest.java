package dev.fnwatchdog.core.health;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReadinessTest {
    /** Proves specification 2.2. */
    @ParameterizedTest
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
                    accepting, limitMet, hasReadyPath, expected
                    false,     false,    false,        NOT_ACCEPTING
                    false,     false,    true,         NOT_ACCEPTING
                    false,     true,     false,        NOT_ACCEPTING
                    false,     true,     true,         NOT_ACCEPTING
                    true,      true,     false,        SATURATED
                    true,      true,     true,         SATURATED
                    true,      false,    true,         ASK_FUNCTION
                    true,      false,    false,        READY
                    """)
    void readinessIsDecidedByAcceptingThenByTheLimitThenByReadyPath(
            boolean accepting, boolean limitMet, boolean hasReadyPath, Readiness expected) {
        assertThat(Readiness.decide(accepting, limitMet, hasReadyPath)).isEqualTo(expected);
    }

    /** Proves specification 2.2. */
    @Test
    void readinessHasAStatusUnlessTheFunctionIsAsked() {
        assertThat(Readiness.NOT_ACCEPTING.status()).hasValue(503);
        assertThat(Readiness.SATURATED.status()).hasValue(429);
        assertThat(Readiness.READY.status()).hasValue(200);
        assertThat(Readiness.ASK_FUNCTION.status()).isEmpty();
    }
}
