package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http.MalformedMessageException;
import dev.fnwatchdog.undertow.internal.http.Tokens;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
import java.io.IOException;

/**
 * How the end of a function's response body is found (RFC 9112, 6.3).
 *
 * @param kind what determines the end of the body
 * @param length the length of the body in bytes where {@code kind} is {@link Kind#LENGTH}; where it is
 *     {@link Kind#NONE}, the {@code Content-Length} that the head announces for the absent body, or -1 where it
 *     announces none
 * @param reusable whether the connection can carry another request after the response
 */
record ResponseFraming(Kind kind, long length, boolean reusable) {
    enum Kind {
        NONE,
        LENGTH,
        CHUNKED,
        UNTIL_CLOSE
    }

    static ResponseFraming of(HttpServerExchange exchange, ResponseHeadParser head) throws IOException {
        HeaderMap headers = head.headers();
        boolean http11 = head.protocol().equals(Protocols.HTTP_1_1);
        boolean reusable = keepsAlive(headers, http11);
        int status = head.status();
        if (exchange.getRequestMethod().equals(Methods.HEAD) || status < 200 || status == 204 || status == 304) {
            return none(headers, reusable && status != 101);
        }
        HeaderValues codings = headers.get(Headers.TRANSFER_ENCODING);
        if (codings != null && http11) {
            if (codings.size() != 1 || !codings.getFirst().equalsIgnoreCase("chunked")) {
                throw new MalformedMessageException("the response has a transfer coding other than chunked");
            }
            // A length beside the coding is an error (RFC 9112, 6.1): the coding takes precedence, and the connection
            // is not used again (specification 3.33).
            return new ResponseFraming(Kind.CHUNKED, 0, reusable && !headers.contains(Headers.CONTENT_LENGTH));
        }
        HeaderValues lengths = headers.get(Headers.CONTENT_LENGTH);
        if (lengths == null || codings != null) {
            return new ResponseFraming(Kind.UNTIL_CLOSE, 0, false);
        }
        return new ResponseFraming(Kind.LENGTH, length(lengths), reusable);
    }

    /**
     * Returns the framing of a response without a body. A malformed length is not an error then, and is not forwarded.
     */
    private static ResponseFraming none(HeaderMap headers, boolean reusable) {
        HeaderValues lengths = headers.get(Headers.CONTENT_LENGTH);
        try {
            return new ResponseFraming(Kind.NONE, lengths == null ? -1 : length(lengths), reusable);
        } catch (MalformedMessageException malformed) {
            return new ResponseFraming(Kind.NONE, -1, reusable);
        }
    }

    private static boolean keepsAlive(HeaderMap headers, boolean http11) {
        HeaderValues connection = headers.get(Headers.CONNECTION);
        if (connection == null) {
            return http11;
        }
        if (http11) {
            return !Tokens.anyListContains(connection, "close");
        }
        return Tokens.anyListContains(connection, "keep-alive");
    }

    /** Parses the length. Several equal lengths are one (RFC 9110, 8.6); two different ones are an error. */
    private static long length(HeaderValues lengths) throws MalformedMessageException {
        String first = lengths.getFirst();
        for (String other : lengths) {
            if (!other.equals(first)) {
                throw new MalformedMessageException("the response has two different lengths");
            }
        }
        if (!Tokens.isNumber(first)) {
            throw new MalformedMessageException("the response's length is not a number");
        }
        return Long.parseLong(first);
    }
}
