package dev.fnwatchdog.maven.config;

/** An invalid parameter of a goal. */
public final class InvalidParameterException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    /**
     * @param parameter as the user types it on the command line, such as {@code watchdog.image.to}
     * @param expected completes the phrase "expected …"
     */
    public InvalidParameterException(String parameter, String value, String expected) {
        super("%s=\"%s\" cannot be used: expected %s".formatted(parameter, value, expected));
    }

    public InvalidParameterException(String parameter, String value, String expected, Throwable cause) {
        this(parameter, value, "%s (%s)".formatted(expected, cause.getMessage()));
        initCause(cause);
    }
}
