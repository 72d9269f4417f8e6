package dev.fnwatchdog.undertow.internal.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.StatusCodes;
import java.nio.charset.StandardCharsets;

/**
 * An interim response (RFC 9110, 15.2), such as 100 Continue or 103 Early Hints.
 *
 * @param status 100 to 199, but not 101
 * @param reason the reason phrase of HTTP/1.1
 * @param fields without hop-by-hop fields, and without CR and LF
 */
public record InterimResponse(int status, String reason, HeaderMap fields) {
    public static final InterimResponse CONTINUE =
            new InterimResponse(StatusCodes.CONTINUE, StatusCodes.CONTINUE_STRING, new HeaderMap());

    /** Returns the interim response without its hop-by-hop fields. */
    public static InterimResponse of(int status, String reason, HeaderMap received) {
        HeaderMap fields = new HeaderMap();
        HopByHopHeaders.copyEndToEnd(received, fields);
        return new InterimResponse(status, reason, fields);
    }

    /** Returns whether the client waits for it: it must not be dropped. */
    public boolean isContinue() {
        return status == StatusCodes.CONTINUE;
    }

    /** Returns the bytes of the head in HTTP/1.1. */
    public byte[] http1() {
        StringBuilder head = new StringBuilder("HTTP/1.1 ")
                .append(status)
                .append(' ')
                .append(reason)
                .append("\r\n");
        for (HeaderValues values : fields) {
            for (String value : values) {
                head.append(values.getHeaderName()).append(": ").append(value).append("\r\n");
            }
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
