package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http.HopByHopHeaders;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import dev.fnwatchdog.undertow.internal.http.Tokens;
import dev.fnwatchdog.undertow.internal.http2.frame.RequestPseudoFields;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.util.List;

/**
 * The head of a request to the function over HTTP/2: the client's own head without the hop-by-hop fields (specification 3.13,
 * 3.14). Nothing is added except a missing authority (specification 3.12, 3.15).
 *
 * @param fields without those that are pseudo-header fields in HTTP/2
 */
record Http2RequestHead(RequestPseudoFields target, HeaderMap fields) {
    /** @param expectContinue whether the client waits for a 100 (specification 3.21) */
    static Http2RequestHead of(HttpServerExchange exchange, UpstreamAddress function, boolean expectContinue) {
        HeaderMap headers = exchange.getRequestHeaders();
        String host = headers.getFirst(Headers.HOST);
        HeaderMap fields = endToEnd(headers);
        if (expectContinue) {
            fields.put(Headers.EXPECT, "100-continue");
        }
        HeaderValues te = headers.get(Headers.TE);
        if (te != null && Tokens.anyListContains(te, "trailers")) {
            fields.put(Headers.TE, "trailers");
        }
        return new Http2RequestHead(
                new RequestPseudoFields(
                        exchange.getRequestMethod().toString(),
                        "http",
                        host == null ? function.authority() : host,
                        path(exchange, function)),
                fields);
    }

    private static String path(HttpServerExchange exchange, UpstreamAddress function) {
        String path = RequestTarget.path(exchange);
        String target = path.equals("*") ? path : function.path() + path;
        return RequestTarget.hasQuery(exchange) ? target + '?' + exchange.getQueryString() : target;
    }

    private static HeaderMap endToEnd(HeaderMap headers) {
        List<HttpString> named = HopByHopHeaders.namedBy(headers);
        HeaderMap fields = new HeaderMap();
        for (HeaderValues values : headers) {
            HttpString name = values.getHeaderName();
            if (!HopByHopHeaders.contains(name)
                    && !name.equals(Headers.EXPECT)
                    && !name.equals(Headers.HOST)
                    && !named.contains(name)) {
                fields.addAll(name, values);
            }
        }
        if (headers.contains(Headers.TRANSFER_ENCODING)) {
            fields.remove(Headers.CONTENT_LENGTH);
        }
        return fields;
    }
}
