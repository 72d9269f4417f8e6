package dev.fnwatchdog.core.log;

import dev.fnwatchdog.core.log.LogReceiver.Level;

/** The format of the watchdog's own lines, and of the function's lines that go with them (specification 6). */
interface LogFormat {
    /** Writes one whole entry, including its newline, as the next two methods do. */
    void message(LineBuffer to, Level level, String message);

    void failure(LineBuffer to, String message, Throwable cause);

    void request(LineBuffer to, AccessLogEntry call);

    /** Returns whether the line of a request tells who has sent it. */
    boolean describesCallers();

    /** Returns the format of the lines of one of the function's streams. */
    FunctionLogFormat function(LogReceiver.Output stream);
}
