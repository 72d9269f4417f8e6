package dev.fnwatchdog.core.auth;

/** Why a token is not accepted, in words that hold nothing of it. */
final class RefusedTokenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean keyUnknown;

    private RefusedTokenException(String reason, boolean keyUnknown) {
        // No cause: a library's message may quote the token. No stack trace: anybody can cause any number of these.
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

    /** Whether a newer key set might change that. */
    boolean keyUnknown() {
        return keyUnknown;
    }
}
