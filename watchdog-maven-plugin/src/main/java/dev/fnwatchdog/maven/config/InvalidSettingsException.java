package dev.fnwatchdog.maven.config;

/** What the user of a goal has to mend; its message names it in the user's spelling. */
public final class InvalidSettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidSettingsException(String message) {
        super(message);
    }

    public InvalidSettingsException(String message, Exception cause) {
        super(message, cause);
    }
}
