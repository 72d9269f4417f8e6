package dev.fnwatchdog.core.log;

/**
 * Takes the lines of one of the function's streams. A line comes whole, or in any number of parts and its end.
 *
 * <p>Threads: one thread uses a sink. A call waits at most some tens of milliseconds where the reader of the watchdog's
 * output is slow, and not at all once it is known to be stuck (contract 6).
 */
public interface LineSink {
    /** A line, or the rest of one, without its newline; a carriage return before that is still there. */
    void line(byte[] bytes, int offset, int length);

    /** The beginning of a line that is too long to be kept, or more of it. It does not break within a UTF-8 character. */
    void part(byte[] bytes, int offset, int length);

    /** A line that was longer than {@code log_buffer_size}, or the rest of it up to there. */
    void cut(byte[] bytes, int offset, int length);
}
