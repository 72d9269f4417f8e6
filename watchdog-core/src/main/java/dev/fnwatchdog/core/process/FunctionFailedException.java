package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.process.launch.LaunchFailedException;
import java.io.IOException;

/** Thrown when a function process cannot be started; the message names the command and the reason (specification 4.8). */
public final class FunctionFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean tooLong;

    /** Creates the exception for a reason that was found before anything was started. */
    public FunctionFailedException(String message) {
        super(message);
        this.tooLong = false;
    }

    /** Creates the exception for an error that the system returned. */
    public FunctionFailedException(String message, Throwable cause) {
        super(message, cause);
        this.tooLong = cause instanceof LaunchFailedException failure && failure.errno() == LaunchFailedException.E2BIG;
    }

    /** Returns whether the system refused the environment as too long, which the request caused (specification 4.3). */
    public boolean tooLong() {
        return tooLong;
    }
}
