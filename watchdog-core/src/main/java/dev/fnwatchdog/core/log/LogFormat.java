package dev.fnwatchdog.core.log;

/** The format of the watchdog's own lines. Each method writes one whole entry, including its newline. */
interface LogFormat {
    /** The level of an entry; the text format does not show it. */
    enum Level {
        INFO("info", "INFO"),
        WARN("warn", "WARNING"),
        ERROR("error", "ERROR");

        final String label;
        final String severity;

        /** @param severity the name of Google Cloud's logging (specification 6.12) */
        Level(String label, String severity) {
            this.label = label;
            this.severity = severity;
        }
    }

    void message(LineBuffer to, Level level, String message);

    void failure(LineBuffer to, String message, Throwable cause);

    void request(LineBuffer to, AccessLogEntry call);
}
