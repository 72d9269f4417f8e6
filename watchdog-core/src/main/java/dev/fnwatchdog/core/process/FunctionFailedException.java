package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.process.launch.LaunchFailedException;
import java.io.IOException;

/** A function process that could not be started. The message names the command and the reason, for operators to read. */
public final class FunctionFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean tooLong;

    /** For a reason that was found before anything was started. */
    public FunctionFailedException(String message) {
        super(message);
        this.tooLong = false;
    }

    /** For what the system answered. */
    public FunctionFailedException(String message, Throwable cause) {
        super(message, cause);
        this.tooLong = cause instanceof LaunchFailedException failure && failure.errno() == LaunchFailedException.E2BIG;
    }

    /** Whether the system refused the environment as too long, which is the request's fault and not the function's. */
    public boolean tooLong() {
        return tooLong;
    }
}
