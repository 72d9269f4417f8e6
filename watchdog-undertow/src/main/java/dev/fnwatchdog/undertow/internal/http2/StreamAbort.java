package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;

/**
 * Why a stream has ended early.
 *
 * @param code sent by the peer, or the nearest one
 * @param processed whether the peer may have processed the request (RFC 9113 8.7)
 * @param reason for the log
 */
public record StreamAbort(ErrorCode code, boolean processed, String reason) {
    /** Creates the cause of an end after which the request may have been processed. */
    public static StreamAbort of(ErrorCode code, String reason) {
        return new StreamAbort(code, true, reason);
    }
}
