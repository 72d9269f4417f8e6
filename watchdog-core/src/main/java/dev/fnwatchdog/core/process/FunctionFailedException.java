package dev.fnwatchdog.core.process;

import dev.fnwatchdog.core.process.launch.LaunchFailedException;
import java.io.IOException;

/**
 * Thrown when a function cannot be started; the message contains the command and the reason (specification 4.8).
 *
 * <pre>{@code
 * WatchdogConfig config = WatchdogConfig.parse(System.getenv());
 * try (Watchdog watchdog = Watchdog.builder(config).start()) {
 *     watchdog.functionEnded().toCompletableFuture().join();
 * } catch (FunctionFailedException e) {
 *     System.err.println(e.getMessage());
 * }
 * }</pre>
 */
public final class FunctionFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Whether the system refused the environment as too long. */
    private final boolean tooLong;

    /** Whether the function's own code threw the cause. */
    private final boolean thrownByFunction;

    /**
     * Creates the exception for a reason that was found before anything was started.
     *
     * @param message the command and the reason
     */
    public FunctionFailedException(String message) {
        super(message);
        this.tooLong = false;
        this.thrownByFunction = false;
    }

    /**
     * Creates the exception for an error of the operating system.
     *
     * @param message the command and the reason
     * @param cause the error
     */
    public FunctionFailedException(String message, Throwable cause) {
        this(message, cause, false);
    }

    private FunctionFailedException(String message, Throwable cause, boolean thrownByFunction) {
        super(message, cause);
        this.thrownByFunction = thrownByFunction;
        this.tooLong = cause instanceof LaunchFailedException failure && failure.errno() == LaunchFailedException.E2BIG;
    }

    /**
     * Returns the exception for an exception of the function's own code, whose stack trace leads to the mistake.
     *
     * @param message the class of the function and the reason
     * @param thrown the exception of the function
     * @return the exception
     */
    public static FunctionFailedException thrownByFunction(String message, Throwable thrown) {
        return new FunctionFailedException(message, thrown, true);
    }

    /** {@return whether the function's own code threw the cause, so that a log should contain its stack trace} */
    public boolean thrownByFunction() {
        return thrownByFunction;
    }

    /** {@return whether the system refused the environment as too long, because of the request} See specification 4.3. */
    public boolean tooLong() {
        return tooLong;
    }
}
