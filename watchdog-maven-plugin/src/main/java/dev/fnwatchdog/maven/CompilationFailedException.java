package dev.fnwatchdog.maven;

/** The project's sources cannot be made into classes as they are; the message is the compiler's. */
final class CompilationFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    CompilationFailedException(String message, Exception cause) {
        super(message, cause);
    }
}
