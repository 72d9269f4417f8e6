package dev.fnwatchdog.core.log;

/**
 * What is told of one call when it has ended (contract 6).
 *
 * <p>{@code method}, {@code target}, {@code reason} and {@code callId} are taken as the bytes that came over the wire, one
 * a character (ISO 8859-1, as HTTP servers read them); UTF-8 in them is printed, what a terminal would act upon is escaped.
 *
 * @param target path and query as the client sent them
 * @param status the status that was sent
 * @param reason the reason phrase that is shown beside the status; empty shows the status alone
 * @param contentLength the size that the text line shows, in bytes; -1 where it is not known
 * @param bytesSent the size of the body that was sent, for the JSON line
 * @param nanos how long the call took
 * @param callId the value of {@code X-Call-Id}, empty where there was none
 * @param accessDenied whether the call was refused by its token: its line has a form of its own (contract 8)
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
        boolean accessDenied) {

    /** The target; without its query, which may hold a token, where access was denied. */
    String shownTarget() {
        int query = accessDenied ? target.indexOf('?') : -1;
        return query < 0 ? target : target.substring(0, query);
    }
}
