package dev.fnwatchdog.core.process;

import java.io.IOException;

/** A function process that could not be started. The message names the command and the reason, for operators to read. */
public final class FunctionFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    /** For a reason that was found before anything was started. */
    public FunctionFailedException(String message) {
        super(message);
    }

    /** For what the system answered. */
    public FunctionFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
