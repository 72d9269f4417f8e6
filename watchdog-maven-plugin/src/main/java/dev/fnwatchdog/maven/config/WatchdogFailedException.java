package dev.fnwatchdog.maven.config;

/** A watchdog that a goal has started is of no use; its own log says more. */
public final class WatchdogFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    public WatchdogFailedException(String message) {
        super(message);
    }

    public WatchdogFailedException(String message, Exception cause) {
        super(message, cause);
    }
}
