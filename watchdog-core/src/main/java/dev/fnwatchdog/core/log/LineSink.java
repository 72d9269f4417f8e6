package dev.fnwatchdog.core.log;

/**
 * Receives the lines of one of the function's streams. A line comes whole, or in any number of parts and its end.
 *
 * <p>Threads: one thread uses a sink. A method waits at most some tens of milliseconds if the reader of the watchdog's
 * output is slow, and not at all once that reader is known to be stuck (specification 6.15).
 */
public interface LineSink {
    /** Receives a line or the rest of one, without its newline; a carriage return before the newline is still there. */
    void line(byte[] bytes, int offset, int length);

    /**
     * Receives the beginning of a line that is too long to be kept, or more of it. No part ends within a UTF-8
     * character.
     */
    void part(byte[] bytes, int offset, int length);

    /** Receives a line that was longer than {@code log_buffer_size}, or the rest of it up to that length. */
    void cut(byte[] bytes, int offset, int length);
}
