package dev.fnwatchdog.core.auth;

/** The decision about a request by its token (specification 8.6 to 8.10). */
public sealed interface AuthDecision {
    <R> R accept(Visitor<R> visitor);

    /** The token is valid and permits the function. */
    record Allowed() implements AuthDecision {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.allowed();
        }
    }

    /**
     * There is no valid token: 401 (specification 8.8).
     *
     * @param reason for the client to read, without a newline; contains nothing of the token
     */
    record Refused(String reason) implements AuthDecision {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.refused(reason);
        }
    }

    /** The token is valid but does not permit this function: 403 (specification 8.10). */
    record Forbidden() implements AuthDecision {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.forbidden();
        }
    }

    /** One method per decision. */
    interface Visitor<R> {
        R allowed();

        R refused(String reason);

        R forbidden();
    }
}
