package dev.fnwatchdog.core.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fnwatchdog.core.config.JwtConfig;
import dev.fnwatchdog.core.fixture.Eventually;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** An authority that cannot be read ends the startup, with the reason in one line. Proves specification 8.3. */
class AuthorityTest {
    private static final SigningKey KEY = SigningKey.ed25519("key");
    private static final KeyRefreshPolicy SHORT_TIMEOUT =
            new KeyRefreshPolicy(Duration.ofHours(1), Duration.ZERO, Duration.ofSeconds(1), Duration.ofMillis(400));
    private static final KeyRefreshPolicy LONG_TIMEOUT =
            new KeyRefreshPolicy(Duration.ofHours(1), Duration.ZERO, Duration.ofSeconds(1), Duration.ofSeconds(20));

    private Issuer issuer;

    @BeforeEach
    void start() throws IOException {
        issuer = Issuer.publishing(KEY);
    }

    @AfterEach
    void stop() throws Exception {
        issuer.close();
        Eventually.isTrue(
                "no thread is left",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("watchdog-jwt-keys")));
    }

    private void assertRefused(KeyRefreshPolicy policy, String document, String reason) {
        assertThatThrownBy(() -> Guard.of(issuer, policy).close())
                .isInstanceOf(IOException.class)
                .hasMessage("jwt_auth: cannot read the %s: %s", document, reason);
    }

    private String issuerDocument() {
        return "issuer document at " + issuer.url() + "/.well-known/openid-configuration";
    }

    private String keySet() {
        return "key set at " + issuer.url() + "/keys";
    }

    static Stream<Arguments> malformedIssuerDocuments() {
        String noObject = "it is not a JSON object";
        String noUrl = "its \"jwks_uri\" is not an absolute http or https URL without a user";
        return Stream.of(
                Arguments.of("", noObject),
                Arguments.of("<html></html>", noObject),
                Arguments.of("[]", noObject),
                Arguments.of("\"issuer\"", noObject),
                Arguments.of("{\"issuer\":", noObject),
                Arguments.of("[".repeat(100_000), noObject),
                Arguments.of("{}", "it has no \"issuer\""),
                Arguments.of("{\"issuer\":\"\",\"jwks_uri\":\"http://a/b\"}", "it has no \"issuer\""),
                Arguments.of("{\"issuer\":[\"a\"],\"jwks_uri\":\"http://a/b\"}", "it has no \"issuer\""),
                Arguments.of("{\"issuer\":\"a\"}", "it has no \"jwks_uri\""),
                Arguments.of("{\"issuer\":\"a\",\"jwks_uri\":null}", "it has no \"jwks_uri\""),
                Arguments.of("{\"issuer\":\"a\",\"jwks_uri\":\"/keys\"}", noUrl),
                Arguments.of("{\"issuer\":\"a\",\"jwks_uri\":\"file:///etc/passwd\"}", noUrl),
                Arguments.of("{\"issuer\":\"a\",\"jwks_uri\":\"http://me:secret@host/keys\"}", noUrl),
                Arguments.of("{\"issuer\":\"a\",\"jwks_uri\":\"http://host:x/keys\"}", noUrl),
                Arguments.of("{\"issuer\":\"a\",\"jwks_uri\":\"http://a b\"}", noUrl));
    }

    @ParameterizedTest
    @MethodSource("malformedIssuerDocuments")
    void aMalformedIssuerDocumentEndsTheStartupWithTheReason(String body, String reason) {
        issuer.document(Issuer.response(body));

        assertRefused(LONG_TIMEOUT, issuerDocument(), reason);
    }

    static Stream<Arguments> malformedKeySets() {
        return Stream.of(
                Arguments.of("", "it is not a JSON object"),
                Arguments.of("nothing", "it is not a JSON object"),
                Arguments.of("{}", "it has no list \"keys\""),
                Arguments.of("{\"keys\":null}", "it has no list \"keys\""),
                Arguments.of("{\"keys\":\"RSA\"}", "it has no list \"keys\""));
    }

    @ParameterizedTest
    @MethodSource("malformedKeySets")
    void aMalformedKeySetEndsTheStartupWithTheReason(String body, String reason) {
        issuer.keys(Issuer.response(body));

        assertRefused(LONG_TIMEOUT, keySet(), reason);
    }

    @Test
    void aRedirectOfTheAuthorityIsNotFollowed() throws Exception {
        try (Issuer attacker = Issuer.publishing(SigningKey.ed25519("key"))) {
            issuer.document(Issuer.response(
                    "302 Found", "Location: %s/.well-known/openid-configuration\r\n".formatted(attacker.url()), ""));
            assertRefused(LONG_TIMEOUT, issuerDocument(), "the response has status 302");

            issuer.document(Issuer.response(
                    "{\"issuer\":\"%s\",\"jwks_uri\":\"%s/keys\"}".formatted(Issuer.NAME, issuer.url())));
            issuer.keys(
                    Issuer.response("307 Temporary Redirect", "Location: %s/keys\r\n".formatted(attacker.url()), ""));
            assertRefused(LONG_TIMEOUT, keySet(), "the response has status 307");
            assertThat(attacker.keyReads()).isZero();
        }
    }

    @Test
    void anErrorStatusOfTheAuthorityIsReported() {
        issuer.document(Issuer.response("404 Not Found", "", "no"));

        assertRefused(LONG_TIMEOUT, issuerDocument(), "the response has status 404");
    }

    @Test
    void anIssuerDocumentLongerThanOneMebibyteIsRefused() {
        issuer.document(Issuer.endless(" ".repeat(64 * 1024), 0));
        assertRefused(LONG_TIMEOUT, issuerDocument(), "it is longer than 1048576 bytes");

        issuer.document(Issuer.response(" ".repeat(1024 * 1024 + 1)));
        assertRefused(LONG_TIMEOUT, issuerDocument(), "it is longer than 1048576 bytes");
    }

    @Test
    void aKeySetOfAlmostOneMebibyteIsRead() throws Exception {
        issuer.keys(Issuer.response("{\"keys\":[" + KEY.jwk() + "]" + " ".repeat(1_000_000) + "}"));

        try (Guard guard = Guard.of(issuer, LONG_TIMEOUT)) {
            assertThat(guard.decide(KEY.token(TokenClaims.good().json()))).isEqualTo(Guard.ALLOWED);
        }
    }

    @Test
    void anIssuerDocumentThatDoesNotEndWithinTheTimeoutIsRefused() {
        issuer.document(to -> new CountDownLatch(1).await());
        assertRefused(SHORT_TIMEOUT, issuerDocument(), "no complete response within 400 ms");

        issuer.document(Issuer.endless(" ", 20_000_000));
        assertRefused(SHORT_TIMEOUT, issuerDocument(), "no complete response within 400 ms");
    }

    @Test
    void anAuthorityThatDoesNotListenIsReportedAsConnectionRefused() throws Exception {
        issuer.close();

        assertRefused(LONG_TIMEOUT, issuerDocument(), "connection refused");
    }

    @Test
    void anUnknownHostOfTheAuthorityIsReportedAsNoSuchHost() {
        JwtConfig config = new JwtConfig(URI.create("http://no-such-host.invalid:8080"), false, "env", "openfaas-fn");

        assertThatThrownBy(() -> Guard.of(config).close())
                .isInstanceOf(IOException.class)
                .hasMessage("jwt_auth: cannot read the issuer document at"
                        + " http://no-such-host.invalid:8080/.well-known/openid-configuration: no such host");
    }

    @Test
    void aResponseOfTheAuthorityThatBreaksOffIsReportedInOneLine() {
        issuer.document(
                to -> to.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{".getBytes(StandardCharsets.UTF_8)));

        assertThatThrownBy(() -> Guard.of(issuer, LONG_TIMEOUT).close())
                .isInstanceOf(IOException.class)
                .message()
                .startsWith("jwt_auth: cannot read the " + issuerDocument() + ": ")
                .hasSizeGreaterThan(20)
                .doesNotContain("\n");
    }

    /** Proves specification 8.1. */
    @Test
    void thePathOfTheAuthorityPrecedesTheWellKnownPath() throws Exception {
        JwtConfig config = new JwtConfig(URI.create(issuer.url() + "/realms/a"), false, "env", "openfaas-fn");

        assertThatThrownBy(() -> Guard.of(config).close())
                .hasMessage(
                        "jwt_auth: cannot read the issuer document at %s/realms/a/.well-known/openid-configuration:"
                                + " the response has status 404",
                        issuer.url());
    }
}
