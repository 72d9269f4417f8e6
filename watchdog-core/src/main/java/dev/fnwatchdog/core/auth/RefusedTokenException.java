package dev.fnwatchdog.core.auth;

/** The reason why a token is refused, as text that contains nothing of the token (specification 8.8). */
final class RefusedTokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean keyUnknown;

    private RefusedTokenException(String reason, boolean keyUnknown) {
        // No cause: a library's message may quote the token. No stack trace: clients can cause any number of these.
        super(reason, null, false, false);
        this.keyUnknown = keyUnknown;
    }

    static RefusedTokenException because(String reason) {
        return new RefusedTokenException(reason, false);
    }

    /** The token names a key that is not in the set. */
    static RefusedTokenException unknownKey() {
        return new RefusedTokenException("the token is signed with an unknown key", true);
    }

    String reason() {
        return String.valueOf(getMessage());
    }

    /** Whether a newer key set might change the result. */
    boolean keyUnknown() {
        return keyUnknown;
    }
}
