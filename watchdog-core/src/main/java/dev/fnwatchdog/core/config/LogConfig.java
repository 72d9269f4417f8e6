package dev.fnwatchdog.core.config;

import java.util.Map;

/**
 * What is logged, and how (specification 6).
 *
 * <pre>{@code
 * LogConfig config = WatchdogConfig.builder()
 *         .inproc()
 *         .logFormat(LogConfig.Format.JSON)
 *         .build()
 *         .log();
 * }</pre>
 *
 * @param format the format of the watchdog's own lines
 * @param prefix whether time and stream precede each line of the function's output
 * @param bufferSize the maximum length of a line of the function's output, and of a logged body, in bytes; -1: no limit
 * @param callId whether a request's line ends with its {@code X-Call-Id}
 * @param traceId whether a request's line in a text log ends with its trace id
 * @param requestBodies whether request bodies are logged
 * @param responseBodies whether response bodies are logged
 */
public record LogConfig(
        Format format,
        boolean prefix,
        int bufferSize,
        boolean callId,
        boolean traceId,
        boolean requestBodies,
        boolean responseBodies) {
    /** The format of the watchdog's own lines. */
    public enum Format {
        /** Lines of text, as of-watchdog writes them. */
        TEXT,
        /** One JSON object for each line. */
        JSON
    }

    /**
     * Reads these settings before all settings are validated: an invalid value counts as not set, and {@link
     * WatchdogConfig#parse} reports it.
     *
     * @param environment all variables, by their names
     * @return what is logged, and how
     */
    public static LogConfig parseLeniently(Map<String, String> environment) {
        return of(new Variables(environment));
    }

    static LogConfig of(Variables variables) {
        return new LogConfig(
                variables.readOrDefault(Definitions.LOG_FORMAT),
                variables.isOn(Definitions.PREFIX_LOGS),
                variables.readOrDefault(Definitions.LOG_BUFFER_SIZE),
                variables.isOn(Definitions.LOG_CALL_ID),
                variables.isOn(Definitions.LOG_TRACE_ID),
                variables.isOn(Definitions.READ_DEBUG),
                variables.isOn(Definitions.WRITE_DEBUG));
    }
}
