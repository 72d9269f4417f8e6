package dev.fnwatchdog.core.auth;

import java.util.List;

/** The token of an Authorization header (RFC 6750, 2.1). */
final class BearerToken {
    private static final String SCHEME = "Bearer";
    private static final String WANTED = "a header \"Authorization: Bearer <token>\" is required";

    private BearerToken() {}

    /** @param authorization the values of all Authorization headers of the request */
    static String of(List<String> authorization) {
        if (authorization.isEmpty()) {
            throw RefusedTokenException.because(WANTED);
        }
        if (authorization.size() > 1) {
            // Whoever reads them after us could take the other one.
            throw RefusedTokenException.because("there must be one Authorization header");
        }
        String value = authorization.get(0).strip();
        int blank = value.indexOf(' ');
        if (blank != SCHEME.length() || !value.regionMatches(true, 0, SCHEME, 0, blank)) {
            throw RefusedTokenException.because(WANTED);
        }
        return value.substring(blank).strip();
    }
}
