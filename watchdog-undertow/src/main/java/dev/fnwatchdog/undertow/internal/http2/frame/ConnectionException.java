package dev.fnwatchdog.undertow.internal.http2.frame;

/** The peer broke a rule in a way that ends the connection (RFC 9113, section 5.4.1). */
@SuppressWarnings("serial") // never serialized
public final class ConnectionException extends Exception {
    private final ErrorCode code;

    public ConnectionException(ErrorCode code, String reason) {
        // No stack trace: a peer can cause these at will.
        super(reason, null, false, false);
        this.code = code;
    }

    /** Ends the connection unless a rule is met. */
    public static void require(boolean met, ErrorCode code, String rule) throws ConnectionException {
        if (!met) {
            throw new ConnectionException(code, rule);
        }
    }

    /** Ends the connection with PROTOCOL_ERROR unless a rule is met. */
    public static void require(boolean met, String rule) throws ConnectionException {
        require(met, ErrorCode.PROTOCOL_ERROR, rule);
    }

    public ErrorCode code() {
        return code;
    }
}
