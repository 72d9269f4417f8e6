package dev.fnwatchdog.maven.config;

/** Invalid settings of a goal; the message names them as the user wrote them. */
public final class InvalidSettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidSettingsException(String message) {
        super(message);
    }

    public InvalidSettingsException(String message, Exception cause) {
        super(message, cause);
    }
}
