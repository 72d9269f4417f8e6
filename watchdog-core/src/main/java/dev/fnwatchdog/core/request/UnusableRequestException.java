package dev.fnwatchdog.core.request;

/** A request that cannot be told to a process as variables, and is answered with 400 (contract 4). */
public final class UnusableRequestException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The message is for the client to read. */
    UnusableRequestException(String message) {
        super(message);
    }
}
