package dev.fnwatchdog.core.config;

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
}
