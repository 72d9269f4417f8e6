package dev.fnwatchdog.core.log;

/**
 * What is logged about one request when it has ended (specification 6.4, 6.9).
 *
 * <p>{@code method}, {@code target}, {@code reason} and {@code callId} contain the bytes from the wire, one per
 * character (ISO 8859-1, as HTTP servers read them). UTF-8 in them is printed, and what a terminal would act upon is
 * escaped (specification 6.8).
 *
 * @param target path and query as the client sent them
 * @param status the status that was sent
 * @param reason the reason phrase beside the status; empty: the status alone is shown
 * @param contentLength the size in the text line, in bytes; -1 if it is not known
 * @param bytesSent the size of the body that was sent, for the JSON line
 * @param nanos the duration of the request
 * @param callId the value of {@code X-Call-Id}, empty if there was none
 * @param accessDenied whether the request was refused by its token: its line has a form of its own (specification 8.8)
 */
public record AccessLogEntry(
        String method,
        String target,
        int status,
        String reason,
        long contentLength,
        long bytesSent,
        long nanos,
        String callId,
        boolean accessDenied,
        Caller caller) {
    /**
     * Who has sent the request (specification 6.7, 6.12). Each value is empty if it is not known or not logged.
     *
     * @param traceId the trace that the request belongs to
     * @param spanId the span of the caller in that trace
     * @param userAgent bytes from the wire, one per character
     * @param address the address of the other end of the connection
     */
    public record Caller(String traceId, String spanId, String userAgent, String address) {
        public static final Caller UNKNOWN = new Caller("", "", "", "");
    }

    /** Creates an entry that does not name the caller. */
    public AccessLogEntry(
            String method,
            String target,
            int status,
            String reason,
            long contentLength,
            long bytesSent,
            long nanos,
            String callId,
            boolean accessDenied) {
        this(method, target, status, reason, contentLength, bytesSent, nanos, callId, accessDenied, Caller.UNKNOWN);
    }

    /** The target; without its query, which may contain a token, if access was denied. */
    String shownTarget() {
        int query = accessDenied ? target.indexOf('?') : -1;
        return query < 0 ? target : target.substring(0, query);
    }
}
