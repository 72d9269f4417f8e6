package dev.fnwatchdog.core.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves specification 8.9. */
class FunctionClaimTest {
    private static boolean permits(String function) throws IOException {
        return FunctionClaim.of(
                        JsonObjects.read("{\"function\":" + function + "}").get("function"))
                .permits("openfaas-fn:env");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"permissions\":[\"*\"]}",
                "{\"permissions\":[\"dev:*\",\"openfaas-fn:*\"]}",
                "{\"permissions\":[\"*\"],\"audience\":[]}",
                "{\"permissions\":[\"*\"],\"audience\":null}",
                "{\"permissions\":[\"*\"],\"audience\":[\"openfaas-fn:env\"]}",
                "{\"permissions\":[\"openfaas-fn:env\"],\"audience\":[\"x:y\",\"*:env\"],\"more\":1}",
            })
    void aFunctionClaimPermitsWherePermissionsAndAudienceMatch(String function) throws Exception {
        assertThat(permits(function)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "null",
                "{}",
                "[]",
                "\"*\"",
                "{\"permissions\":null}",
                "{\"permissions\":[]}",
                "{\"permissions\":\"*\"}",
                "{\"permissions\":[[\"*\"]]}",
                "{\"permissions\":[\"*\",1]}",
                "{\"permissions\":[\"*\",null]}",
                "{\"permissions\":{\"*\":\"*\"}}",
                "{\"Permissions\":[\"*\"]}",
                "{\"permissions\":[\"openfaas-fn:env2\"]}",
                "{\"permissions\":[\"*\"],\"audience\":[\"openfaas-fn:other\"]}",
                "{\"permissions\":[\"*\"],\"audience\":\"*\"}",
                "{\"permissions\":[\"*\"],\"audience\":\"\"}",
                "{\"permissions\":[\"*\"],\"audience\":{}}",
                "{\"permissions\":[\"openfaas-fn:other\"],\"audience\":[\"*\"]}",
                "{\"audience\":[\"*\"]}",
            })
    void aFunctionClaimThatDoesNotMatchOrIsMalformedPermitsNothing(String function) throws Exception {
        assertThat(permits(function)).isFalse();
    }

    @Test
    void aMissingFunctionClaimPermitsNothing() {
        assertThat(FunctionClaim.of(null).permits("openfaas-fn:env")).isFalse();
    }
}
