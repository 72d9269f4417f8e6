package dev.fnwatchdog.undertow.internal.http2.frame;

/** Thrown where the peer broke a rule in a way that ends the connection (RFC 9113 5.4.1). */
@SuppressWarnings("serial") // never serialized
public final class ConnectionException extends Exception {
    private final ErrorCode code;

    public ConnectionException(ErrorCode code, String reason) {
        // No stack trace: a peer can cause these exceptions at will.
        super(reason, null, false, false);
        this.code = code;
    }

    /** Throws, and thereby ends the connection, unless a rule is met. */
    public static void require(boolean met, ErrorCode code, String rule) throws ConnectionException {
        if (!met) {
            throw new ConnectionException(code, rule);
        }
    }

    /** Throws with PROTOCOL_ERROR unless a rule is met. */
    public static void require(boolean met, String rule) throws ConnectionException {
        require(met, ErrorCode.PROTOCOL_ERROR, rule);
    }

    public ErrorCode code() {
        return code;
    }
}
