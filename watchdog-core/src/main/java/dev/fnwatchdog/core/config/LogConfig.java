package dev.fnwatchdog.core.config;

import java.util.Map;

/**
 * What is logged and how (contract 6).
 *
 * @param prefix whether the function's lines get time and stream before them
 * @param bufferSize bytes of a line of the function's, and of a logged body, before they are cut; -1 is no limit
 * @param callId whether a call's line ends in its {@code X-Call-Id}
 * @param requestBodies whether request bodies are printed
 * @param responseBodies whether response bodies are printed
 */
public record LogConfig(
        Format format, boolean prefix, int bufferSize, boolean callId, boolean requestBodies, boolean responseBodies) {
    /** The form of the watchdog's own lines. */
    public enum Format {
        TEXT,
        JSON
    }

    /**
     * How to log before the settings are known to be right: what cannot be used counts as not set, and is left to {@link
     * WatchdogConfig#parse} to tell.
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
                variables.isOn(Definitions.READ_DEBUG),
                variables.isOn(Definitions.WRITE_DEBUG));
    }
}
