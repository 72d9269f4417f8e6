package dev.fnwatchdog.core.auth;

/**
 * The decision about a request by its token (specification 8.6 to 8.10).
 *
 * @param reason why the token is refused, for the client to read, without a newline; contains nothing of the token. Empty where
 *     it is not refused
 */
public record AuthDecision(Outcome outcome, String reason) {
    static final AuthDecision ALLOWED = new AuthDecision(Outcome.ALLOWED, "");
    static final AuthDecision FORBIDDEN = new AuthDecision(Outcome.FORBIDDEN, "");

    /** The possible decisions. */
    public enum Outcome {
        /** The token is valid and permits the function. */
        ALLOWED,
        /** There is no valid token: 401 (specification 8.8). */
        REFUSED,
        /** The token is valid but does not permit this function: 403 (specification 8.10). */
        FORBIDDEN
    }

    static AuthDecision refused(String reason) {
        return new AuthDecision(Outcome.REFUSED, reason);
    }
}
