package dev.fnwatchdog.core.request;

/** A request that cannot be passed to a process as variables; the response is 400 (specification 4.3). */
public final class UnusableRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Creates an exception with a message for the client. */
    UnusableRequestException(String message) {
        super(message);
    }
}
