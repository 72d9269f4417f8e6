package dev.fnwatchdog.core.auth;

import java.util.List;

/** The token of an Authorization header field (RFC 6750 2.1, specification 8.6). */
final class BearerToken {
    private static final String SCHEME = "Bearer";
    private static final String EXPECTED = "a header \"Authorization: Bearer <token>\" is required";

    private BearerToken() {}

    /** @param authorization the values of all Authorization header fields of the request */
    static String of(List<String> authorization) {
        if (authorization.isEmpty()) {
            throw RefusedTokenException.because(EXPECTED);
        }
        if (authorization.size() > 1) {
            // The function could read another one than the watchdog.
            throw RefusedTokenException.because("exactly one Authorization header is required");
        }
        String value = authorization.get(0).strip();
        int blank = value.indexOf(' ');
        if (blank != SCHEME.length() || !value.regionMatches(true, 0, SCHEME, 0, blank)) {
            throw RefusedTokenException.because(EXPECTED);
        }
        return value.substring(blank).strip();
    }
}
