package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.http.ChunkDecoder;
import dev.fnwatchdog.undertow.internal.http.FieldSyntax;
import dev.fnwatchdog.undertow.internal.http.TrailerFields;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import java.util.function.Supplier;

/**
 * The trailers that a handler sets for its response, as an attachment or by a supplier (specification 5.8).
 *
 * <p>Threads: the client's I/O thread.
 */
@IoThread
final class ResponseTrailers {
    private final HttpServerExchange exchange;

    /** @param exchange the handler's own */
    ResponseTrailers(HttpServerExchange exchange) {
        this.exchange = exchange;
    }

    /** Returns whether the handler has set any; they require a chunked body in HTTP/1.1. */
    boolean present() {
        return exchange.getAttachment(HttpAttachments.RESPONSE_TRAILERS) != null
                || exchange.getAttachment(HttpAttachments.RESPONSE_TRAILER_SUPPLIER) != null;
    }

    /**
     * Copies the permitted ones to the client's exchange. Undertow writes them unchecked, into one buffer.
     *
     * @throws IllegalArgumentException where they are malformed or too long
     */
    void copyTo(HttpServerExchange client) {
        if (!present()) {
            return;
        }
        HeaderMap permitted = TrailerFields.permitted(all(), exchange.getResponseHeaders());
        if (!FieldSyntax.isValid(permitted)) {
            throw new IllegalArgumentException("a trailer has an invalid name or value");
        }
        if (size(permitted) > ChunkDecoder.MAX_RESPONSE_TRAILERS) {
            throw new IllegalArgumentException(
                    "the trailers are longer than %d bytes".formatted(ChunkDecoder.MAX_RESPONSE_TRAILERS));
        }
        client.putAttachment(HttpAttachments.RESPONSE_TRAILERS, permitted);
    }

    private HeaderMap all() {
        HeaderMap all = new HeaderMap();
        HeaderMap attached = exchange.getAttachment(HttpAttachments.RESPONSE_TRAILERS);
        if (attached != null) {
            attached.forEach(values -> all.addAll(values.getHeaderName(), values));
        }
        Supplier<HeaderMap> supplier = exchange.getAttachment(HttpAttachments.RESPONSE_TRAILER_SUPPLIER);
        HeaderMap supplied = supplier == null ? null : supplier.get();
        if (supplied != null) {
            supplied.forEach(values -> all.putAll(values.getHeaderName(), values));
        }
        return all;
    }

    private static long size(HeaderMap trailers) {
        long size = 0;
        for (HeaderValues values : trailers) {
            for (String value : values) {
                size += values.getHeaderName().length() + value.length() + ": \r\n".length();
            }
        }
        return size;
    }
}
