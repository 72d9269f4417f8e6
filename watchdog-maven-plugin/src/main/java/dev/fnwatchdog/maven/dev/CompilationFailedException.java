package dev.fnwatchdog.maven.dev;

/** The project cannot be built; the message is the reason, mostly the compiler's. */
public final class CompilationFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final boolean printed;

    /** @param printed whether the terminal shows the message already */
    public CompilationFailedException(String message, boolean printed, Exception cause) {
        super(message, cause);
        this.printed = printed;
    }

    boolean isPrinted() {
        return printed;
    }
}
