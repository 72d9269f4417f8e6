package dev.fnwatchdog.core.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fnwatchdog.core.fixture.Eventually;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tokens are allowed, and the reasons for which the others are refused. */
class TokensTest {
    private static final SigningKey RSA = SigningKey.rsa("rsa-1", 2048);
    private static final SigningKey EC = SigningKey.ec("ec-1");
    private static final SigningKey ED = SigningKey.ed25519("ed-1");
    private static final String SIGNATURE_WRONG = "the token's signature is invalid";
    private static final String NOT_EXPECTED = "the token's issuer or audience does not match";
    private static final String MALFORMED = "the token is malformed";
    private static final String NOT_ACCEPTED = "the token's signature algorithm is not accepted";

    private static Issuer issuer;
    private static Guard guard;

    @BeforeAll
    static void start() throws IOException {
        issuer = Issuer.publishing(RSA, EC, ED);
        guard = Guard.of(issuer.debugging());
    }

    @AfterAll
    static void stop() throws IOException {
        guard.close();
        issuer.close();
    }

    /** Proves specification 8.13. */
    @AfterEach
    void noTokenIsLogged() {
        assertThat(guard.logged()).doesNotContain("eyJ");
    }

    private static String good() {
        return RSA.token(TokenClaims.good().json());
    }

    static Stream<SigningKey> keys() {
        return Stream.of(RSA, EC, ED);
    }

    /** Proves specification 8.1, 8.6: the issuer is not the URL of the authority. */
    @ParameterizedTest
    @MethodSource("keys")
    void aTokenSignedByAKeyOfTheSetIsAllowed(SigningKey key) throws Exception {
        assertThat(guard.decide(key.token(TokenClaims.good().json()))).isEqualTo(Guard.ALLOWED);
    }

    /** Proves specification 8.6. */
    @ParameterizedTest
    @MethodSource("keys")
    void aTokenSignedByAnotherKeyOfTheSameIdIsRefused(SigningKey key) throws Exception {
        SigningKey forged = switch (key.algorithm()) {
            case "RS256" -> SigningKey.rsa(key.id(), 2048);
            case "ES256" -> SigningKey.ec(key.id());
            default -> SigningKey.ed25519(key.id());
        };

        assertThat(guard.decide(forged.token(TokenClaims.good().json()))).isEqualTo(SIGNATURE_WRONG);
    }

    /** Proves specification 8.6. */
    @ParameterizedTest
    @MethodSource("keys")
    void aTokenWhoseClaimsWereChangedIsRefused(SigningKey key) throws Exception {
        String[] parts = key.token(TokenClaims.good().json()).split("\\.", -1);
        String changed = SigningKey.base64(
                TokenClaims.good().with("function", "{\"permissions\":[\"*\"]}").json());

        assertThat(guard.decide(parts[0] + "." + changed + "." + parts[2])).isEqualTo(SIGNATURE_WRONG);
    }

    /** Proves specification 8.9. */
    @Test
    void aTokenThatPermitsAnotherFunctionIsForbidden() throws Exception {
        String other = TokenClaims.good()
                .with("function", "{\"permissions\":[\"openfaas-fn:other\"]}")
                .json();

        assertThat(guard.decide(RSA.token(other))).isEqualTo(Guard.FORBIDDEN);
    }

    /** Proves specification 8.9. */
    @Test
    void aPermissionForOnlyAPartOfTheNameIsForbidden() throws Exception {
        for (String part : List.of("env", "fn:en", "openfaas-fn:en", "openfaas-fn:", "s-fn:env")) {
            String claims = TokenClaims.good()
                    .with("function", "{\"permissions\":[\"" + part + "\"]}")
                    .json();
            assertThat(guard.decide(RSA.token(claims))).as(part).isEqualTo(Guard.FORBIDDEN);
        }
    }

    /** Proves specification 8.9. */
    @Test
    void aTokenWithoutTheFunctionClaimIsForbidden() throws Exception {
        assertThat(guard.decide(RSA.token(TokenClaims.good().without("function").json())))
                .isEqualTo(Guard.FORBIDDEN);
    }

    static Stream<Arguments> claims() {
        TokenClaims good = TokenClaims.good();
        long now = TokenClaims.NOW.getEpochSecond();
        String name = "\"" + Issuer.NAME + "\"";
        return Stream.of(
                Arguments.of("ends just now", good.expiringIn(0), Guard.ALLOWED),
                Arguments.of("within the leeway", good.expiringIn(-1), Guard.ALLOWED),
                Arguments.of("past the leeway", good.expiringIn(-2), "the token has expired"),
                Arguments.of("long past", good.expiringIn(-100_000), "the token has expired"),
                Arguments.of("no exp", good.without("exp"), "the token has no expiry"),
                Arguments.of("null exp", good.with("exp", "null"), "the token has no expiry"),
                Arguments.of("exp is a word", good.with("exp", "\"never\""), MALFORMED),
                Arguments.of("exp is an object", good.with("exp", "{\"a\":1}"), MALFORMED),
                Arguments.of("began before", good.with("nbf", String.valueOf(now - 60)), Guard.ALLOWED),
                Arguments.of("begins within the leeway", good.with("nbf", String.valueOf(now + 1)), Guard.ALLOWED),
                Arguments.of("begins later", good.with("nbf", String.valueOf(now + 2)), "the token is not valid yet"),
                Arguments.of("aud is a list", good.with("aud", "[\"a\"," + name + "]"), Guard.ALLOWED),
                Arguments.of("another aud", good.with("aud", "\"other\""), NOT_EXPECTED),
                Arguments.of("other auds", good.with("aud", "[\"a\",\"b\"]"), NOT_EXPECTED),
                Arguments.of("no aud", good.without("aud"), NOT_EXPECTED),
                Arguments.of("an empty aud", good.with("aud", "[]"), NOT_EXPECTED),
                Arguments.of("another iss", good.with("iss", "\"http://evil.example\""), NOT_EXPECTED),
                Arguments.of("iss with a slash", good.with("iss", "\"" + Issuer.NAME + "/\""), NOT_EXPECTED),
                Arguments.of("no iss", good.without("iss"), NOT_EXPECTED),
                Arguments.of("iss is a list", good.with("iss", "[" + name + "]"), MALFORMED));
    }

    /** Proves specification 8.7. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("claims")
    void aTokenIsDecidedByItsExpiryStartIssuerAndAudience(String what, TokenClaims claims, String decision)
            throws Exception {
        assertThat(guard.decide(RSA.token(claims.json()))).as(what).isEqualTo(decision);
    }

    /** Proves specification 8.6. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"alg\":\"RS512\",\"kid\":\"rsa-1\"} | the token's algorithm does not match its key",
                "{\"alg\":\"PS256\",\"kid\":\"rsa-1\"} | the token's algorithm does not match its key",
                "{\"alg\":\"ES256\",\"kid\":\"rsa-1\"} | the token's algorithm does not match its key",
                "{\"alg\":\"RS256\",\"kid\":\"ec-1\"} | the token's algorithm does not match its key",
                "{\"alg\":\"EdDSA\",\"kid\":\"rsa-1\"} | the token's algorithm does not match its key",
                "{\"alg\":\"HS256\",\"kid\":\"rsa-1\"} | the token's algorithm does not match its key",
                "{\"alg\":\"RS256\"} | the token has no key id",
                "{\"alg\":\"RS256\",\"kid\":\"\"} | the token has no key id",
                "{\"alg\":\"RS256\",\"kid\":\"RSA-1\"} | the token is signed with an unknown key",
                "{\"alg\":\"RS256\",\"kid\":1} | the token is malformed",
                "{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"zip\":\"DEF\"} | the token is compressed",
                "{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"zip\":\"none\"} | the token is compressed",
                "{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"crit\":[\"exp\"]} | the token is malformed",
                "{\"kid\":\"rsa-1\"} | the token is malformed",
                "[] | the token is malformed",
                "{ | the token is malformed",
            })
    void aTokenWithAnUnacceptableHeaderIsRefusedWithTheReason(String header, String reason) throws Exception {
        assertThat(guard.decide(RSA.token(header, TokenClaims.good().json()))).isEqualTo(reason);
    }

    /** Proves specification 8.6. */
    @Test
    void aKeyThatTheTokenItselfContainsIsNotUsed() throws Exception {
        SigningKey own = SigningKey.rsa("rsa-1", 2048);
        String header = "{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"jku\":\"%s/evil\",\"jwk\":%s}"
                .formatted(issuer.url(), own.jwkWith(""));

        assertThat(guard.decide(own.token(header, TokenClaims.good().json()))).isEqualTo(SIGNATURE_WRONG);
    }

    /** Proves specification 8.6. */
    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "nOnE"})
    void aTokenWithAlgNoneIsRefused(String none) throws Exception {
        String claims = TokenClaims.good().json();
        for (String header : List.of("{\"alg\":\"%s\"}", "{\"alg\":\"%s\",\"kid\":\"rsa-1\"}")) {
            String unsigned = SigningKey.base64(header.formatted(none)) + "." + SigningKey.base64(claims) + ".";

            assertThat(guard.decide(unsigned)).isNotIn(Guard.ALLOWED, Guard.FORBIDDEN);
            assertThat(guard.decide(unsigned + "AAAA")).isNotIn(Guard.ALLOWED, Guard.FORBIDDEN);
            assertThat(guard.decide(RSA.token(header.formatted(none), claims))).isNotIn(Guard.ALLOWED, Guard.FORBIDDEN);
        }
    }

    /** Proves specification 8.6. */
    @Test
    void aTokenWithAnEmptyOrAllZeroSignatureIsRefused() throws Exception {
        for (SigningKey key : List.of(RSA, EC, ED)) {
            String token = key.token(TokenClaims.good().json());
            String signed = token.substring(0, token.lastIndexOf('.') + 1);

            assertThat(guard.decide(signed)).isNotIn(Guard.ALLOWED, Guard.FORBIDDEN);
            assertThat(guard.decide(signed + SigningKey.base64(new byte[64]))).isNotIn(Guard.ALLOWED, Guard.FORBIDDEN);
        }
    }

    /** Proves specification 8.6. */
    @ParameterizedTest
    @CsvSource({"HS256, HmacSHA256", "HS384, HmacSHA384", "HS512, HmacSHA512"})
    void aTokenSignedByHmacWithThePublicKeyAsSecretIsRefused(String algorithm, String mac) throws Exception {
        byte[] der = RSA.pair().getPublic().getEncoded();
        String pem = "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
                + "\n-----END PUBLIC KEY-----\n";
        for (byte[] secret :
                List.of(der, pem.getBytes(StandardCharsets.US_ASCII), RSA.jwk().getBytes(StandardCharsets.US_ASCII))) {
            String header = "{\"alg\":\"%s\",\"kid\":\"rsa-1\"}".formatted(algorithm);

            assertThat(guard.decide(hmac(mac, secret, header)))
                    .isEqualTo("the token's algorithm does not match its key");
        }
    }

    static String hmac(String mac, byte[] secret, String header) throws GeneralSecurityException {
        Mac code = Mac.getInstance(mac);
        code.init(new SecretKeySpec(secret, mac));
        String signed = SigningKey.base64(header)
                + "."
                + SigningKey.base64(TokenClaims.good().json());
        return signed + "." + SigningKey.base64(code.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
    }

    /** Proves specification 8.6. */
    @Test
    void aCompressedTokenIsRefused() throws Exception {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (DeflaterOutputStream deflater = new DeflaterOutputStream(bomb)) {
            deflater.write(new byte[10_000_000]);
        }
        String header = SigningKey.base64("{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"zip\":\"DEF\"}");

        assertThat(guard.decide(header + "." + SigningKey.base64(bomb.toByteArray()) + ".AAAA"))
                .isEqualTo("the token is compressed");
    }

    /** Proves specification 8.6. */
    @Test
    void anEncryptedTokenIsRefused() throws Exception {
        String header = SigningKey.base64("{\"alg\":\"RSA-OAEP\",\"enc\":\"A256GCM\",\"kid\":\"rsa-1\"}");

        assertThat(guard.decide(header + ".AAAA.AAAA.AAAA.AAAA")).isNotIn(Guard.ALLOWED, Guard.FORBIDDEN);
    }

    @Test
    void textThatIsNotATokenIsRefused() throws Exception {
        for (String text : List.of("a", "a.b", "a.b.c", "..", "....", ".".repeat(1000), "é.é.é", "a b c")) {
            assertThat(guard.decide(text)).as(text).isIn(MALFORMED, NOT_ACCEPTED);
        }
    }

    /** Proves specification 8.7. */
    @Test
    void aTokenLongerThan64KibIsRefused() throws Exception {
        assertThat(guard.decide("a".repeat(1_000_000))).isEqualTo("the token is longer than 65536 characters");
    }

    @Test
    void aLongTokenBelowTheLimitIsAllowed() throws Exception {
        String many = "\"dev:function-with-a-long-name\",".repeat(1_000);
        TokenClaims claims = TokenClaims.good().with("function", "{\"permissions\":[" + many + "\"*:env\"]}");

        assertThat(guard.decide(RSA.token(claims.json()))).isEqualTo(Guard.ALLOWED);
    }

    @Test
    void aTokenWhoseHeaderIsNestedTooDeeplyIsRefused() throws Exception {
        String deep = "{\"alg\":\"RS256\",\"kid\":\"rsa-1\",\"a\":" + "[".repeat(40_000) + "]".repeat(1) + "}";

        assertThat(guard.decide(SigningKey.base64(deep) + ".e30.AAAA")).isEqualTo(MALFORMED);
    }

    /** Proves specification 8.6. */
    @ParameterizedTest
    @ValueSource(strings = {"Bearer ", "bearer ", "BEARER ", "bEaReR   "})
    void theBearerSchemeIsReadInAnyCase(String scheme) throws Exception {
        assertThat(guard.decide(List.of(scheme + good()))).isEqualTo(Guard.ALLOWED);
        assertThat(guard.decide(List.of(scheme + good() + "  "))).isEqualTo(Guard.ALLOWED);
    }

    /** Proves specification 8.6. */
    @Test
    void aRequestWithoutExactlyOneBearerAuthorizationFieldIsRefused() throws Exception {
        String wanted = "a header \"Authorization: Bearer <token>\" is required";
        assertThat(guard.decide(List.<String>of())).isEqualTo(wanted);
        for (String value : List.of(
                "",
                "Bearer",
                "Bearer ",
                good(),
                "Basic " + good(),
                "Bearer" + good(),
                "Bearer\t" + good(),
                "Bearer: " + good(),
                "Bearer=" + good(),
                "Token " + good(),
                "Bearer-" + good() + " " + good())) {
            assertThat(guard.decide(List.of(value))).as(value).isEqualTo(wanted);
        }
        assertThat(guard.decide(List.of("Bearer " + good(), "Bearer " + good())))
                .isEqualTo("exactly one Authorization header is required");
        assertThat(guard.decide(List.of("Basic YTpi", "Bearer " + good())))
                .isEqualTo("exactly one Authorization header is required");
    }

    /** Proves specification 8.6. */
    @Test
    void aTokenWithAnythingAroundItIsRefused() throws Exception {
        for (String value : List.of(
                good() + " " + good(),
                good() + "," + good(),
                "\"" + good() + "\"",
                "Bearer " + good(),
                good() + ".",
                "." + good())) {
            assertThat(guard.decide(value)).as(value).isNotIn(Guard.ALLOWED, Guard.FORBIDDEN);
        }
    }

    /** Proves specification 8.13. */
    @Test
    void withJwtAuthDebugIssuerKeyIdsClaimsAndRefusalsAreLogged() throws Exception {
        guard.decide(good());
        guard.decide(RSA.token(TokenClaims.good().without("exp").json()));

        Eventually.isTrue("refused", () -> guard.logged().contains("JWT refused: the token has no expiry"));
        assertThat(guard.logged())
                .contains("JWT issuer: " + Issuer.NAME + ", key ids: [rsa-1, ec-1, ed-1]")
                .contains("JWT claims: {")
                .contains("fed:alice");
    }
}
