package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.process.launch.LaunchFailedException;
import java.io.IOException;

/** Thrown when a function process cannot be started; the message names the command and the reason (specification 4.8). */
public final class FunctionFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final boolean tooLong;
    private final boolean thrownByFunction;

    /** Creates the exception for a reason that was found before anything was started. */
    public FunctionFailedException(String message) {
        super(message);
        this.tooLong = false;
        this.thrownByFunction = false;
    }

    /** Creates the exception for an error that the system returned. */
    public FunctionFailedException(String message, Throwable cause) {
        this(message, cause, false);
    }

    private FunctionFailedException(String message, Throwable cause, boolean thrownByFunction) {
        super(message, cause);
        this.thrownByFunction = thrownByFunction;
        this.tooLong = cause instanceof LaunchFailedException failure && failure.errno() == LaunchFailedException.E2BIG;
    }

    /** Returns the exception for what the function's own code has thrown: its stack trace leads to the mistake. */
    public static FunctionFailedException thrownByFunction(String message, Throwable thrown) {
        return new FunctionFailedException(message, thrown, true);
    }

    /** Returns whether the cause was thrown by the function's own code, so that a log should show its stack trace. */
    public boolean thrownByFunction() {
        return thrownByFunction;
    }

    /** Returns whether the system refused the environment as too long, which the request caused (specification 4.3). */
    public boolean tooLong() {
        return tooLong;
    }
}
