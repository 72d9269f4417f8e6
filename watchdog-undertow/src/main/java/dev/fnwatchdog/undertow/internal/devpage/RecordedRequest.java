package dev.fnwatchdog.undertow.internal.devpage;

import java.time.Instant;

/**
 * A request that has ended.
 *
 * @param begin when its head had arrived
 * @param path without the query, which may contain secrets
 * @param status as the log has it
 * @param traceId empty if it had none
 */
record RecordedRequest(Instant begin, String method, String path, int status, long nanos, String traceId) {
    private static final int MAX_LENGTH = 512;

    RecordedRequest {
        method = cut(method);
        path = cut(path);
    }

    private static String cut(String text) {
        return text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "…";
    }
}
