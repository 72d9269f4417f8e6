package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http.HopByHopHeaders;
import dev.fnwatchdog.undertow.internal.http.RequestTarget;
import dev.fnwatchdog.undertow.internal.http.Tokens;
import dev.fnwatchdog.undertow.internal.http.UpgradeProtocols;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes the head of the request to the function: the client's own head, byte for byte, without the hop-by-hop fields
 * (specification 3.13, 3.14). Nothing is added except a missing {@code Host} (specification 3.12, 3.15).
 */
final class RequestHeadWriter {
    private static final int USUAL_LENGTH = 512;

    private final StringBuilder head = new StringBuilder(USUAL_LENGTH);

    private RequestHeadWriter() {}

    /**
     * Returns the head for {@code exchange}, addressed to {@code function}.
     *
     * @param chunked whether the body is sent in chunks: a body with a length keeps that framing, a chunked body stays
     *     chunked, and a body of HTTP/2 without a length is chunked (specification 3.17)
     * @param expectContinue whether the client waits for a 100 (specification 3.21)
     */
    static ByteBuffer write(
            HttpServerExchange exchange, UpstreamAddress function, boolean chunked, boolean expectContinue) {
        return new RequestHeadWriter().toBytes(exchange, function, chunked, expectContinue);
    }

    private ByteBuffer toBytes(
            HttpServerExchange exchange, UpstreamAddress function, boolean chunked, boolean expectContinue) {
        HeaderMap headers = exchange.getRequestHeaders();
        head.append(exchange.getRequestMethod()).append(' ');
        addTarget(exchange, function);
        head.append(" HTTP/1.1\r\n");
        if (!headers.contains(Headers.HOST)) {
            addHeaderField(Headers.HOST, function.authority());
        }
        addHeaderFields(headers);
        addFraming(headers, chunked);
        if (expectContinue) {
            addHeaderField(Headers.EXPECT, "100-continue");
        }
        addTe(headers);
        addUpgrade(exchange);
        head.append("\r\n");
        // Each character was one byte on the wire, and becomes that byte again.
        return ByteBuffer.wrap(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    private void addTarget(HttpServerExchange exchange, UpstreamAddress function) {
        String path = RequestTarget.path(exchange);
        if (!path.equals("*")) {
            head.append(function.path());
        }
        head.append(path);
        if (RequestTarget.hasQuery(exchange)) {
            head.append('?').append(exchange.getQueryString());
        }
    }

    private void addHeaderFields(HeaderMap headers) {
        List<HttpString> named = HopByHopHeaders.namedBy(headers);
        for (HeaderValues values : headers) {
            HttpString name = values.getHeaderName();
            if (HopByHopHeaders.contains(name)
                    || name.equals(Headers.EXPECT)
                    || name.equals(Headers.CONTENT_LENGTH)
                    || named.contains(name)) {
                continue;
            }
            if (name.equals(Headers.COOKIE) && values.size() > 1) {
                // HTTP/2 may split Cookie into several fields; HTTP/1.1 requires a single one (RFC 9113, 8.2.3).
                addHeaderField(name, String.join("; ", values));
                continue;
            }
            for (String value : values) {
                addHeaderField(name, value);
            }
        }
    }

    private void addFraming(HeaderMap headers, boolean chunked) {
        if (chunked) {
            addHeaderField(Headers.TRANSFER_ENCODING, "chunked");
        } else if (headers.contains(Headers.CONTENT_LENGTH)) {
            addHeaderField(Headers.CONTENT_LENGTH, headers.getFirst(Headers.CONTENT_LENGTH));
        }
    }

    private void addTe(HeaderMap headers) {
        HeaderValues te = headers.get(Headers.TE);
        if (te != null && Tokens.anyListContains(te, "trailers")) {
            addHeaderField(Headers.TE, "trailers");
        }
    }

    private void addUpgrade(HttpServerExchange exchange) {
        String protocols = UpgradeProtocols.requested(exchange);
        if (!protocols.isEmpty()) {
            addHeaderField(Headers.CONNECTION, "Upgrade");
            addHeaderField(Headers.UPGRADE, protocols);
        }
    }

    private void addHeaderField(HttpString name, String value) {
        head.append(name).append(": ").append(value).append("\r\n");
    }
}
