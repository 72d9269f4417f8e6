package dev.fnwatchdog.core.auth;

import io.jsonwebtoken.Header;
import io.jsonwebtoken.JwsHeader;
import io.jsonwebtoken.Locator;
import io.jsonwebtoken.security.Jwk;
import io.jsonwebtoken.security.Jwks;
import java.io.IOException;
import java.security.Key;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The keys of an authority that sign tokens (specification 8.4). Immutable. */
final class KeySet implements Locator<Key> {
    private final List<VerificationKey> keys;
    private final Map<String, VerificationKey> byId = new LinkedHashMap<>();

    private KeySet(List<VerificationKey> keys) {
        this.keys = keys;
        for (VerificationKey key : keys) {
            if (!key.id().isEmpty()) {
                byId.putIfAbsent(key.id(), key);
            }
        }
    }

    /** Keeps the usable keys; an unusable entry does not affect the others. */
    static KeySet parse(String json) throws IOException {
        if (!(JsonObjects.read(json).get("keys") instanceof List<?> entries)) {
            throw new IOException("it has no list \"keys\"");
        }
        List<VerificationKey> usable = new ArrayList<>();
        for (Object entry : entries) {
            if (entry instanceof Map<?, ?> members) {
                read(members).flatMap(VerificationKey::of).ifPresent(usable::add);
            }
        }
        return new KeySet(usable);
    }

    private static Optional<Jwk<?>> read(Map<?, ?> members) {
        try {
            return Optional.of(
                    Jwks.builder().add(JsonObjects.withStringNames(members)).build());
        } catch (RuntimeException unknownOrMalformed) {
            return Optional.empty();
        }
    }

    boolean isEmpty() {
        return keys.isEmpty();
    }

    /** Returns the ids of the usable keys, for the log. */
    List<String> ids() {
        return keys.stream().map(VerificationKey::id).toList();
    }

    /** Returns the key for a token, of which nothing has been verified yet. */
    @Override
    public Key locate(Header header) {
        if (!(header instanceof JwsHeader signed)) {
            throw RefusedTokenException.because("the token is not signed");
        }
        if (header.getCompressionAlgorithm() != null || header.containsKey("zip")) {
            throw RefusedTokenException.because("the token is compressed");
        }
        VerificationKey key = find(signed.getKeyId() == null ? "" : signed.getKeyId());
        if (!key.allows(signed.getAlgorithm())) {
            throw RefusedTokenException.because("the token's algorithm does not match its key");
        }
        return key.key();
    }

    private VerificationKey find(String id) {
        if (id.isEmpty()) {
            if (keys.size() != 1) {
                throw RefusedTokenException.because("the token has no key id");
            }
            return keys.get(0);
        }
        VerificationKey key = byId.get(id);
        if (key == null) {
            throw RefusedTokenException.unknownKey();
        }
        return key;
    }
}
