package dev.fnwatchdog.core.log;

/**
 * Prints the output of a command for its user: no log line, no date.
 *
 * <p>Threads: any; blocks while the terminal does.
 */
public final class Console {
    private Console() {}

    /** Prints to standard output. */
    public static void print(String text) {
        System.out.println(text);
        System.out.flush();
    }

    /** Prints to standard error. */
    public static void error(String text) {
        System.err.println(text);
        System.err.flush();
    }
}
