package dev.fnwatchdog.maven.config;

/** A watchdog that a goal has started has failed; its own log contains the details. */
public final class WatchdogFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    public WatchdogFailedException(String message) {
        super(message);
    }

    public WatchdogFailedException(String message, Exception cause) {
        super(message, cause);
    }
}
