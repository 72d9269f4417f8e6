package dev.fnwatchdog.undertow.internal.handler;

import dev.fnwatchdog.undertow.internal.connection.ServedConnection;
import dev.fnwatchdog.undertow.internal.connection.ServedConnections;
import dev.fnwatchdog.undertow.internal.http.FieldSyntax;
import dev.fnwatchdog.undertow.internal.http.PercentDecoder;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import dev.fnwatchdog.undertow.internal.http.Tokens;
import dev.fnwatchdog.undertow.internal.invocation.CannedResponse;
import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
import io.undertow.util.StatusCodes;

/**
 * Refuses malformed and ambiguous requests that Undertow's parser accepts (RFC 9112, specification 7.15, 7.18). Two recipients
 * could disagree about where such a request ends or what it requests. It is neither forwarded, counted nor logged.
 *
 * <p>Threads: the exchange's I/O thread.
 */
public record RequestGuard(HttpHandler next) implements HttpHandler {
    private static final int MAX_LENGTH_DIGITS = 18;
    private static final CannedResponse BAD_REQUEST = CannedResponse.of(StatusCodes.BAD_REQUEST);
    private static final CannedResponse VERSION_NOT_SUPPORTED =
            CannedResponse.of(StatusCodes.HTTP_VERSION_NOT_SUPPORTED);

    @Override
    public void handleRequest(HttpServerExchange exchange) throws Exception {
        // The wrapper added first runs last: the function's own Date is set by then.
        exchange.addResponseWrapper(ResponseDate.INSTANCE);
        ServedConnection connection = ServedConnections.of(exchange);
        connection.requestStarted(exchange);
        if (!isOfServedVersion(exchange, connection)) {
            exchange.setProtocol(Protocols.HTTP_1_1);
            exchange.setPersistent(false);
            VERSION_NOT_SUPPORTED.refuse(exchange);
            return;
        }
        connection.head().restore(exchange);
        String authority = connection.head().authority();
        if (connection.head().folded() || !isAcceptable(exchange) || hasUserInformation(authority)) {
            exchange.setPersistent(false);
            BAD_REQUEST.refuse(exchange);
            return;
        }
        decidePersistence(exchange);
        connection.announceClose(exchange);
        if (!authority.isEmpty()) {
            // It overrides Host (RFC 9112 3.2.2).
            exchange.getRequestHeaders().put(Headers.HOST, authority);
        }
        next.handleRequest(exchange);
    }

    /** RFC 9110 4.2.4 treats it as an error: it may make another host look like the one that is named. */
    private static boolean hasUserInformation(String authority) {
        return authority.indexOf('@') >= 0;
    }

    /**
     * A higher minor version counts as 1.1 (RFC 9110 2.5), and Undertow reads it as such. Where the request line is broken by a line
     * feed, Undertow may find a version behind it that the line itself does not have.
     */
    private static boolean isOfServedVersion(HttpServerExchange exchange, ServedConnection connection) {
        HttpString version = exchange.getProtocol();
        return version.equals(Protocols.HTTP_2_0)
                || (connection.head().version().supported()
                        && (version.equals(Protocols.HTTP_1_1) || version.equals(Protocols.HTTP_1_0)));
    }

    /**
     * Undertow recognizes {@code close} only as the sole option, and does not send {@code keep-alive} to HTTP/1.0 clients.
     */
    private static void decidePersistence(HttpServerExchange exchange) {
        HeaderValues connection = exchange.getRequestHeaders().get(Headers.CONNECTION);
        if (connection == null) {
            return;
        }
        if (Tokens.anyListContains(connection, "close")) {
            exchange.setPersistent(false);
        } else if (exchange.isHttp10() && exchange.isPersistent()) {
            exchange.getResponseHeaders().put(Headers.CONNECTION, "keep-alive");
        }
    }

    private static boolean isAcceptable(HttpServerExchange exchange) {
        HeaderMap headers = exchange.getRequestHeaders();
        return hasUnambiguousMethod(exchange.getRequestMethod())
                && hasCleanTarget(exchange)
                && hasTargetOfKnownForm(exchange)
                && hasUnambiguousFraming(exchange, headers)
                && FieldSyntax.isValid(headers);
    }

    /**
     * Methods are case-sensitive (RFC 9110 9.1), but Undertow compares them without regard to case: the response to {@code hEAD} would
     * have no body for Undertow, and one for the client and for the function.
     */
    private static boolean hasUnambiguousMethod(HttpString method) {
        return method.length() > 0 && isExactOrOther(method, Methods.HEAD) && isExactOrOther(method, Methods.CONNECT);
    }

    private static boolean isExactOrOther(HttpString method, HttpString known) {
        return !method.equals(known) || isExact(method, known);
    }

    private static boolean isExact(HttpString method, HttpString known) {
        return method.toString().equals(known.toString());
    }

    private static boolean hasCleanTarget(HttpServerExchange exchange) {
        String path = exchange.getRequestURI();
        return hasVisibleCharactersOnly(path)
                && PercentDecoder.isDecodable(path)
                && hasVisibleCharactersOnly(exchange.getQueryString());
    }

    /**
     * A path, or {@code *} of OPTIONS (RFC 9112 3.2). HTTP/2, and an absolute target that could not be reduced, can have any
     * other text there, which would lead the function to another host, or out of the path of its own URL. The authority of
     * CONNECT is refused later.
     */
    private static boolean hasTargetOfKnownForm(HttpServerExchange exchange) {
        String path = RequestTarget.path(exchange);
        HttpString method = exchange.getRequestMethod();
        return path.startsWith("/")
                || (path.equals("*") && isExact(method, Methods.OPTIONS) && !RequestTarget.hasQuery(exchange))
                || method.equals(Methods.CONNECT);
    }

    /** Returns whether it has no control byte and no blank. */
    private static boolean hasVisibleCharactersOnly(String target) {
        int length = target.length();
        for (int i = 0; i < length; i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c == 0x7f) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasUnambiguousFraming(HttpServerExchange exchange, HeaderMap headers) {
        HeaderValues codings = headers.get(Headers.TRANSFER_ENCODING);
        HeaderValues lengths = headers.get(Headers.CONTENT_LENGTH);
        if (codings != null) {
            return lengths == null
                    && exchange.isHttp11()
                    && codings.size() == 1
                    && codings.getFirst().equalsIgnoreCase("chunked");
        }
        return lengths == null || (lengths.size() == 1 && isLength(lengths.getFirst()));
    }

    private static boolean isLength(String text) {
        if (text.isEmpty() || text.length() > MAX_LENGTH_DIGITS) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }
}
