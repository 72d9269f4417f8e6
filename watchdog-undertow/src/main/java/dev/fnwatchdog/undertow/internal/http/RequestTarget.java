package dev.fnwatchdog.undertow.internal.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;

/** The target of a request as it is in the request line (RFC 9112, 3.2), with nothing decoded or cleaned. */
public final class RequestTarget {
    /** Present where the query is empty but has its question mark, which an exchange cannot express. */
    private static final AttachmentKey<Boolean> EMPTY_QUERY = AttachmentKey.create(Boolean.class);

    private RequestTarget() {}

    /** Returns the path; {@code *} for {@code OPTIONS *}. */
    public static String path(HttpServerExchange exchange) {
        return exchange.getRequestURI();
    }

    /** Sets the query as it is behind its question mark. */
    public static void setQuery(HttpServerExchange exchange, String query) {
        if (query.isEmpty()) {
            exchange.putAttachment(EMPTY_QUERY, Boolean.TRUE);
        } else {
            // The exchange removes one question mark from the beginning.
            exchange.setQueryString(query.startsWith("?") ? '?' + query : query);
        }
    }

    /** Returns whether the target has a query, be it empty (specification 3.9). */
    public static boolean hasQuery(HttpServerExchange exchange) {
        return !exchange.getQueryString().isEmpty() || exchange.getAttachment(EMPTY_QUERY) != null;
    }

    /** Returns path and query as one string, for logs. */
    public static String of(HttpServerExchange exchange) {
        String path = path(exchange);
        return hasQuery(exchange) ? path + '?' + exchange.getQueryString() : path;
    }
}
