package dev.fnwatchdog.core.auth;

import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.PublicJwk;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A public key that verifies signatures of tokens (specification 8.4).
 *
 * @param id its {@code kid}, empty if it has none
 * @param algorithm the only permitted algorithm, empty if the key's type decides
 */
record VerificationKey(String id, String algorithm, PublicKey key) {
    private static final int MIN_RSA_BITS = 2048;
    private static final Set<String> RSA = Set.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512");
    private static final Set<String> EC = Set.of("ES256", "ES384", "ES512");
    private static final Set<String> ED = Set.of("EdDSA");

    /**
     * Returns the key if it is usable: public (a symmetric one may be known to anyone), of a trusted type and size, and
     * not meant for another use.
     */
    static Optional<VerificationKey> of(Jwk<?> jwk) {
        if (!(jwk instanceof PublicJwk<?> published) || !isForSignatures(published)) {
            return Optional.empty();
        }
        PublicKey key = published.toKey();
        String algorithm = textOrEmpty(jwk.getAlgorithm());
        Set<String> permitted = algorithmsOf(key);
        if (permitted.isEmpty() || !(algorithm.isEmpty() || permitted.contains(algorithm))) {
            return Optional.empty();
        }
        return Optional.of(new VerificationKey(textOrEmpty(jwk.getId()), algorithm, key));
    }

    private static boolean isForSignatures(PublicJwk<?> jwk) {
        String use = jwk.getPublicKeyUse();
        boolean verifies = jwk.getOperations() == null
                || jwk.getOperations().isEmpty()
                || jwk.getOperations().stream()
                        .anyMatch(operation -> operation.getId().equals("verify"));
        return (use == null || use.equals("sig")) && verifies;
    }

    private static Set<String> algorithmsOf(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) {
            return rsa.getModulus().bitLength() >= MIN_RSA_BITS ? RSA : Set.of();
        }
        if (key instanceof EdECPublicKey edwards) {
            return edwards.getParams().getName().equals("Ed25519") ? ED : Set.of();
        }
        return key instanceof ECPublicKey ? EC : Set.of();
    }

    private static String textOrEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }

    /** Whether this key may verify a token whose header names {@code tokenAlgorithm}. */
    boolean allows(String tokenAlgorithm) {
        return algorithm.isEmpty() ? algorithmsOf(key).contains(tokenAlgorithm) : algorithm.equals(tokenAlgorithm);
    }
}
