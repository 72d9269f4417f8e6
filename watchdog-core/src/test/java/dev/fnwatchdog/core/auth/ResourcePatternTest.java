package dev.fnwatchdog.core.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves specification 8.9. */
class ResourcePatternTest {
    @ParameterizedTest(name = "{0} matches {1}")
    @CsvSource({
        "openfaas-fn:env, openfaas-fn:env",
        "*, openfaas-fn:env",
        "**, openfaas-fn:env",
        "openfaas-fn:*, openfaas-fn:env",
        "*:env, openfaas-fn:env",
        "openfaas-fn:env*, openfaas-fn:env",
        "*openfaas-fn:env, openfaas-fn:env",
        "openfaas*env, openfaas-fn:env",
        "o*f*:*n*, openfaas-fn:env",
        "*a*a*, openfaas-fn:env",
        "a*ba*ba, abababa",
        "a*b*b, abxb",
    })
    void aStarInAPatternMatchesAnyRunOfCharacters(String pattern, String name) {
        assertThat(ResourcePattern.of(pattern).matches(name)).isTrue();
    }

    @ParameterizedTest(name = "{0} does not match {1}")
    @CsvSource({
        "openfaas-fn:env, openfaas-fn:env2",
        "openfaas-fn:env, a-openfaas-fn:env",
        "env, openfaas-fn:env",
        "openfaas-fn, openfaas-fn:env",
        "openfaas-fn:, openfaas-fn:env",
        "openfaas-fn:e?v, openfaas-fn:env",
        "openfaas-fn:.*, openfaas-fn:env",
        "openfaas.fn:env, openfaas-fn:env",
        "OPENFAAS-FN:ENV, openfaas-fn:env",
        "'', openfaas-fn:env",
        "openfaas-fn:*x, openfaas-fn:env",
        "dev:*, openfaas-fn:env",
        "*env*env*, openfaas-fn:env",
        "aba*aba, ababa",
        "a*bb*b, abb",
    })
    void aPatternThatDoesNotCoverTheWholeNameDoesNotMatch(String pattern, String name) {
        assertThat(ResourcePattern.of(pattern).matches(name)).isFalse();
    }

    @Test
    void aPatternOfThousandsOfStarsIsMatchedWithinSeconds() {
        ResourcePattern pattern = ResourcePattern.of("*a".repeat(5_000) + "*b");

        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(15),
                () -> assertThat(pattern.matches("a".repeat(20_000))).isFalse());
    }
}
