package dev.fnwatchdog.undertow.internal.http;

import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import io.undertow.util.StatusCodes;

/** The status codes of gRPC that the watchdog itself sends (specification 7.4). */
public enum GrpcStatus {
    UNKNOWN(2),
    DEADLINE_EXCEEDED(4),
    PERMISSION_DENIED(7),
    RESOURCE_EXHAUSTED(8),
    UNIMPLEMENTED(12),
    INTERNAL(13),
    UNAVAILABLE(14),
    UNAUTHENTICATED(16);

    /** The field with the code, which every response of gRPC ends with. */
    public static final HttpString FIELD = new HttpString("grpc-status");

    private static final HttpString MESSAGE = new HttpString("grpc-message");

    private final int code;

    GrpcStatus(int code) {
        this.code = code;
    }

    /**
     * Returns the status in place of an HTTP status of 400 or more. Where specification 7.4 determines none of its own, it is
     * that of gRPC's "HTTP to gRPC Status Code Mapping".
     */
    public static GrpcStatus ofHttp(int status) {
        return switch (status) {
            case StatusCodes.BAD_REQUEST, StatusCodes.REQUEST_HEADER_FIELDS_TOO_LARGE -> INTERNAL;
            case StatusCodes.UNAUTHORIZED -> UNAUTHENTICATED;
            case StatusCodes.FORBIDDEN -> PERMISSION_DENIED;
            case StatusCodes.NOT_FOUND -> UNIMPLEMENTED;
            case StatusCodes.REQUEST_TIME_OUT, StatusCodes.GATEWAY_TIME_OUT -> DEADLINE_EXCEEDED;
            case StatusCodes.REQUEST_ENTITY_TOO_LARGE, StatusCodes.TOO_MANY_REQUESTS -> RESOURCE_EXHAUSTED;
            case StatusCodes.INTERNAL_SERVER_ERROR, StatusCodes.BAD_GATEWAY, StatusCodes.SERVICE_UNAVAILABLE ->
                UNAVAILABLE;
            default -> UNKNOWN;
        };
    }

    /** Returns the status where a response has begun: a client must not repeat the request as if it had not been served. */
    public GrpcStatus afterFirstByte() {
        return this == UNAVAILABLE ? INTERNAL : this;
    }

    /** Adds the status and a message to trailers, or to a head that ends its response. */
    public void putInto(HeaderMap fields, String message) {
        fields.put(FIELD, code);
        fields.put(MESSAGE, GrpcMessage.encode(message));
    }
}
