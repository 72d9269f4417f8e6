package dev.fnwatchdog.core.log;

/** The format of the watchdog's own lines. Each method writes one whole entry, including its newline. */
interface LogFormat {
    /** The level of an entry; the text format does not show it. */
    enum Level {
        INFO("info"),
        WARN("warn"),
        ERROR("error");

        final String label;

        Level(String word) {
            this.label = word;
        }
    }

    void message(LineBuffer to, Level level, String message);

    void failure(LineBuffer to, String message, Throwable cause);

    void request(LineBuffer to, AccessLogEntry call);
}
