package dev.fnwatchdog.maven.dev;

/** The project's sources cannot be made into classes as they are; the message is the compiler's. */
public final class CompilationFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean isPrinted;

    /** @param told whether the terminal shows the message already */
    CompilationFailedException(String message, boolean told, Exception cause) {
        super(message, cause);
        this.isPrinted = told;
    }

    boolean isPrinted() {
        return isPrinted;
    }
}
