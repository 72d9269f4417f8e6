package dev.fnwatchdog.core.log;

/**
 * Takes the lines of a watchdog in a program that embeds it, in place of the process's own streams (specification 6.16).
 *
 * <p>Threads: one of the watchdog's calls {@link #watchdogLine}, and the same or another one {@link #functionLine}. A receiver
 * may block: when too much waits for it, lines are dropped and counted (specification 6.15). What it throws goes to the handler
 * of uncaught exceptions of the thread, and the next line follows.
 */
public interface LogReceiver {
    /** The level of one of the watchdog's own lines. */
    enum Level {
        INFO,
        WARN,
        ERROR
    }

    /** A standard output of the function. */
    enum Output {
        STDOUT,
        STDERR
    }

    /**
     * Receives one of the watchdog's own lines, without its time. Control characters in it are escaped.
     *
     * @param text one line; a stack trace follows it in lines of its own
     */
    void watchdogLine(Level level, String text);

    /**
     * Receives a line that the function has printed, as it is, without its end.
     *
     * @param text decoded from UTF-8
     */
    void functionLine(Output output, String text);
}
