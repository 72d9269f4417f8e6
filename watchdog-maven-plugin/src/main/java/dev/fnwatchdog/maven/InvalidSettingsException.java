package dev.fnwatchdog.maven;

/** What the user of a goal has to mend; its message names it in the user's spelling. */
final class InvalidSettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    InvalidSettingsException(String message) {
        super(message);
    }

    InvalidSettingsException(String message, Exception cause) {
        super(message, cause);
    }
}
