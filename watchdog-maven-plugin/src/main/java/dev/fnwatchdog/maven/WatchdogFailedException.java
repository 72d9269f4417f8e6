package dev.fnwatchdog.maven;

/** A watchdog that a goal has started is of no use; its own log says more. */
final class WatchdogFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    WatchdogFailedException(String message) {
        super(message);
    }

    WatchdogFailedException(String message, Exception cause) {
        super(message, cause);
    }
}
