package dev.fnwatchdog.core.log;

/**
 * Receives the log lines of a watchdog in a program that embeds it, in place of the standard streams (specification 6.16).
 *
 * <pre>{@code
 * class PrintingReceiver implements LogReceiver {
 *     @Override
 *     public void watchdogLine(Level level, String text) {
 *         System.out.println(level + " " + text);
 *     }
 *
 *     @Override
 *     public void functionLine(Output output, String text) {
 *         System.out.println("function: " + text);
 *     }
 * }
 * }</pre>
 *
 * <p>Threads: a thread of the watchdog calls {@link #watchdogLine}, and the same or another one calls {@link #functionLine}. A
 * receiver may block: if too many lines are pending, lines are dropped and counted (specification 6.15). An exception of a receiver
 * is passed to the thread's handler of uncaught exceptions, and logging continues with the next line.
 */
public interface LogReceiver {
    /** The level of one of the watchdog's own lines. */
    enum Level {
        /** Nothing to do. */
        INFO,
        /** Needs an operator's attention. */
        WARN,
        /** A failure. */
        ERROR
    }

    /** An output stream of the function. */
    enum Output {
        /** Standard output. */
        STDOUT,
        /** Standard error. */
        STDERR
    }

    /**
     * Receives one of the watchdog's own lines, without the time. Control characters are escaped.
     *
     * @param level the level of the line
     * @param text one line; the lines of a stack trace follow separately
     */
    void watchdogLine(Level level, String text);

    /**
     * Receives a line of the function's output, unchanged, without the line end.
     *
     * @param output the stream of the line
     * @param text the line, decoded from UTF-8
     */
    void functionLine(Output output, String text);
}
