package dev.fnwatchdog.core.log;

/** How the watchdog's own lines look. Each method writes one whole entry with its newline. */
interface LogFormat {
    /** How much an entry matters; the text form does not show it. */
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
