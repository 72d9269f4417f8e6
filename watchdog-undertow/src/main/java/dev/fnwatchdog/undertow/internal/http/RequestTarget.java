package dev.fnwatchdog.undertow.internal.http;

import io.undertow.server.HttpServerExchange;

/** The target of a request as it is in the request line (RFC 9112, 3.2), with nothing decoded or cleaned. */
public final class RequestTarget {
    private RequestTarget() {}

    /** Returns the path, also that of an absolute-form target; {@code *} for {@code OPTIONS *}. */
    public static String path(HttpServerExchange exchange) {
        String uri = exchange.getRequestURI();
        return exchange.isHostIncludedInRequestURI() ? pathOfAbsolute(uri) : uri;
    }

    private static String pathOfAbsolute(String uri) {
        int authority = uri.indexOf("//");
        int path = authority < 0 ? -1 : uri.indexOf('/', authority + 2);
        return path < 0 ? "/" : uri.substring(path);
    }

    /** Returns path and query as one string, for logs. */
    public static String of(HttpServerExchange exchange) {
        String path = path(exchange);
        String query = exchange.getQueryString();
        return query.isEmpty() ? path : path + '?' + query;
    }
}
