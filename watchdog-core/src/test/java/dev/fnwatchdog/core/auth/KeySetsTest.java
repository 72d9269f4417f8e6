package dev.fnwatchdog.core.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.fixture.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys of a set are used. Proves specification 8.4. */
class KeySetsTest {
    private static final SigningKey RSA = SigningKey.rsa("rsa-1", 2048);
    private static final SigningKey SMALL = SigningKey.rsa("small", 1024);
    private static final SigningKey OTHER = SigningKey.ed25519("other");
    private static final String UNKNOWN = "the token is signed with an unknown key";

    private Issuer issuer;

    @BeforeEach
    void start() throws IOException {
        issuer = Issuer.publishing(RSA);
    }

    @AfterEach
    void stop() throws IOException {
        issuer.close();
    }

    private String decide(String token) throws Exception {
        try (Guard guard = Guard.of(issuer.config())) {
            return guard.decide(token);
        }
    }

    private static String tokenOf(SigningKey key) {
        return key.token(TokenClaims.good().json());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"kid\":\"rsa-1\"",
                "\"kid\":\"rsa-1\",\"alg\":\"RS256\"",
                "\"kid\":\"rsa-1\",\"use\":\"sig\"",
                "\"kid\":\"rsa-1\",\"key_ops\":[\"verify\"]",
                "\"kid\":\"rsa-1\",\"vendor\":{\"unknown\":[1]}",
            })
    void aKeyThatMayVerifySignaturesIsUsed(String members) throws Exception {
        issuer.publish(RSA.jwkWith(members), OTHER.jwk());

        assertThat(decide(tokenOf(RSA))).isEqualTo(Guard.ALLOWED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"kid\":\"rsa-1\",\"use\":\"enc\"",
                "\"kid\":\"rsa-1\",\"use\":\"tls\"",
                "\"kid\":\"rsa-1\",\"alg\":\"RSA-OAEP\"",
                "\"kid\":\"rsa-1\",\"alg\":\"HS256\"",
                "\"kid\":\"rsa-1\",\"alg\":\"none\"",
                "\"kid\":\"rsa-1\",\"alg\":\"ES256\"",
                "\"kid\":\"rsa-1\",\"key_ops\":[\"encrypt\"]",
            })
    void aKeyForAnotherPurposeIsNotUsed(String members) throws Exception {
        issuer.publish(RSA.jwkWith(members), OTHER.jwk());

        assertThat(decide(tokenOf(RSA))).isEqualTo(UNKNOWN);
        assertThat(decide(tokenOf(OTHER))).isEqualTo(Guard.ALLOWED);
    }

    /** Proves specification 8.6. */
    @Test
    void aKeyWithoutAlgAcceptsAnyAlgorithmOfItsTypeAndNoOther() throws Exception {
        issuer.publish(RSA.jwkWith("\"kid\":\"rsa-1\""));
        String claims = TokenClaims.good().json();

        assertThat(decide(RSA.token("{\"alg\":\"RS512\",\"kid\":\"rsa-1\"}", claims)))
                .isEqualTo(Guard.ALLOWED);
        assertThat(decide(RSA.token("{\"alg\":\"ES256\",\"kid\":\"rsa-1\"}", claims)))
                .isEqualTo("the token's algorithm does not match its key");
        assertThat(decide(RSA.token("{\"alg\":\"HS256\",\"kid\":\"rsa-1\"}", claims)))
                .isEqualTo("the token's algorithm does not match its key");
    }

    @Test
    void anRsaKeyOf1024BitsIsNotUsed() throws Exception {
        issuer.publish(SMALL, OTHER);

        assertThat(decide(tokenOf(SMALL))).isEqualTo(UNKNOWN);
    }

    @Test
    void aSymmetricKeyOfTheSetIsNotUsed() throws Exception {
        String secret = SigningKey.base64("a secret that everybody can read");
        issuer.publish(
                "{\"kty\":\"oct\",\"kid\":\"oct\",\"alg\":\"HS256\",\"k\":\"%s\"}".formatted(secret), OTHER.jwk());

        assertThat(decide(TokensTest.hmac(
                        "HmacSHA256",
                        "a secret that everybody can read".getBytes(StandardCharsets.US_ASCII),
                        "{\"alg\":\"HS256\",\"kid\":\"oct\"}")))
                .isEqualTo(UNKNOWN);
        assertThat(decide(tokenOf(OTHER))).isEqualTo(Guard.ALLOWED);
    }

    @Test
    void unknownEntriesOfAKeySetAreIgnored() throws Exception {
        issuer.publish(
                "{\"kty\":\"AKP\",\"kid\":\"ml\",\"alg\":\"ML-DSA-44\",\"pub\":\"AAAA\"}",
                "{\"kty\":\"RSA\",\"kid\":\"half\",\"n\":\"AQAB\"}",
                "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"kid\":\"dh\",\"x\":\"%s\"}"
                        .formatted(SigningKey.base64(new byte[32])),
                "{}",
                RSA.jwk());

        assertThat(decide(tokenOf(RSA))).isEqualTo(Guard.ALLOWED);
    }

    /** Proves specification 8.6. */
    @Test
    void aTokenWithoutKeyIdIsVerifiedByTheOnlyUsableKey() throws Exception {
        String unnamed = RSA.token("{\"alg\":\"RS256\"}", TokenClaims.good().json());
        issuer.publish(RSA.jwkWith(""));
        assertThat(decide(unnamed)).isEqualTo(Guard.ALLOWED);

        issuer.publish(RSA.jwk(), SMALL.jwk(), OTHER.jwkWith("\"use\":\"enc\""));
        assertThat(decide(unnamed)).isEqualTo(Guard.ALLOWED);

        issuer.publish(RSA, OTHER);
        assertThat(decide(unnamed)).isEqualTo("the token has no key id");
    }

    @Test
    void theFirstOfTwoKeysWithTheSameIdIsUsed() throws Exception {
        issuer.publish(RSA.jwk(), SigningKey.rsa("rsa-1", 2048).jwk());

        assertThat(decide(tokenOf(RSA))).isEqualTo(Guard.ALLOWED);
    }

    @Test
    void aSetWithoutAUsableKeyIsReportedInAWarningAndEveryTokenIsRefused() throws Exception {
        for (String[] none : List.of(new String[0], new String[] {SMALL.jwk()})) {
            issuer.publish(none);
            try (Guard guard = Guard.of(issuer.config())) {
                Eventually.isTrue("warned", () -> guard.logged().contains("has no usable key"));
                assertThat(guard.decide(tokenOf(SMALL))).isEqualTo(UNKNOWN);
            }
        }
    }
}
