package dev.fnwatchdog.undertow.internal.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;

/** The content type by which gRPC over HTTP/2 is recognized. */
public final class GrpcContentType {
    /** That of the watchdog's own responses, which have no message. */
    public static final String VALUE = "application/grpc";

    private GrpcContentType() {}

    /**
     * Returns whether the fields of a head name {@code application/grpc}, with or without the format of the messages ({@code
     * +proto}) and parameters. {@code application/grpc-web} is another protocol.
     */
    public static boolean isIn(HeaderMap fields) {
        String type = fields.getFirst(Headers.CONTENT_TYPE);
        if (type == null || !type.regionMatches(true, 0, VALUE, 0, VALUE.length())) {
            return false;
        }
        return type.length() == VALUE.length() || "+; \t".indexOf(type.charAt(VALUE.length())) >= 0;
    }
}
