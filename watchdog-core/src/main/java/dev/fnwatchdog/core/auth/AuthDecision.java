package dev.fnwatchdog.core.auth;

/** What is to become of a call by its token (contract 8). */
public sealed interface AuthDecision {
    <R> R accept(Visitor<R> visitor);

    /** The token is good, and permits the function. */
    record Allowed() implements AuthDecision {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.allowed();
        }
    }

    /**
     * There is no good token: 401.
     *
     * @param reason for the caller to read, without a newline; holds nothing of the token
     */
    record Refused(String reason) implements AuthDecision {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.refused(reason);
        }
    }

    /** The token is good, and permits other functions: 403. */
    record Forbidden() implements AuthDecision {
        @Override
        public <R> R accept(Visitor<R> visitor) {
            return visitor.forbidden();
        }
    }

    /** One method a decision. */
    interface Visitor<R> {
        R allowed();

        R refused(String reason);

        R forbidden();
    }
}
