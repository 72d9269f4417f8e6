package dev.fnwatchdog.core.auth;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** The claims of a token as JSON. Immutable. */
final class TokenClaims {
    /** The time of the clock of the tests. */
    static final Instant NOW = Instant.parse("2026-03-02T09:14:08Z");

    private final Map<String, String> members;

    private TokenClaims(Map<String, String> members) {
        this.members = members;
    }

    /** The claims of a valid token that permits {@code openfaas-fn:env}. */
    static TokenClaims good() {
        return new TokenClaims(Map.of())
                .with("iss", "\"" + Issuer.NAME + "\"")
                .with("aud", "\"" + Issuer.NAME + "\"")
                .with("sub", "\"fed:alice\"")
                .expiringIn(60)
                .with("function", "{\"permissions\":[\"openfaas-fn:env\"]}");
    }

    TokenClaims with(String name, String json) {
        Map<String, String> more = new LinkedHashMap<>(members);
        more.put(name, json);
        return new TokenClaims(more);
    }

    TokenClaims without(String name) {
        Map<String, String> fewer = new LinkedHashMap<>(members);
        fewer.remove(name);
        return new TokenClaims(fewer);
    }

    TokenClaims expiringIn(long seconds) {
        return with("exp", String.valueOf(NOW.getEpochSecond() + seconds));
    }

    String json() {
        StringBuilder json = new StringBuilder("{");
        members.forEach((name, value) -> json.append(json.length() > 1 ? "," : "")
                .append('"')
                .append(name)
                .append("\":")
                .append(value));
        return json.append('}').toString();
    }
}
