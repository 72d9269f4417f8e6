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
import java.util.Arrays;
import java.util.List;

/**
 * Writes the head of the request to the function: the client's own head, byte for byte, without the hop-by-hop fields
 * (specification 3.13, 3.14). Nothing is added except a missing {@code Host} (specification 3.12, 3.15).
 *
 * <p>Threads: belongs to one I/O thread; the next call overwrites the buffer that is returned.
 */
final class RequestHeadWriter {
    private static final int INITIAL_SIZE = 4096;
    private static final byte[] VERSION = " HTTP/1.1\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] CHUNKED = "Transfer-Encoding: chunked\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] EXPECT_CONTINUE = "Expect: 100-continue\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] TE_TRAILERS = "TE: trailers\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] CONNECTION_UPGRADE = "Connection: Upgrade\r\n".getBytes(StandardCharsets.ISO_8859_1);

    // Mutable state
    private byte[] head = new byte[INITIAL_SIZE];
    private int length;

    /**
     * Returns the head for {@code exchange}, addressed to {@code function}.
     *
     * @param chunked whether the body is sent in chunks: a body with a length keeps that framing, a chunked body stays
     *     chunked, and a body of HTTP/2 without a length is chunked (specification 3.17)
     * @param expectContinue whether the client waits for a 100 (specification 3.21)
     */
    ByteBuffer write(HttpServerExchange exchange, UpstreamAddress function, boolean chunked, boolean expectContinue) {
        length = 0;
        HeaderMap headers = exchange.getRequestHeaders();
        add(exchange.getRequestMethod());
        add((byte) ' ');
        addTarget(exchange, function);
        add(VERSION);
        if (!headers.contains(Headers.HOST)) {
            addHeaderField(Headers.HOST, function.authority());
        }
        addHeaderFields(headers);
        addFraming(headers, chunked);
        if (expectContinue) {
            add(EXPECT_CONTINUE);
        }
        addTe(headers);
        addUpgrade(exchange);
        add((byte) '\r');
        add((byte) '\n');
        return ByteBuffer.wrap(head, 0, length);
    }

    private void addTarget(HttpServerExchange exchange, UpstreamAddress function) {
        String path = RequestTarget.path(exchange);
        if (!path.equals("*")) {
            add(function.path());
        }
        add(path);
        if (RequestTarget.hasQuery(exchange)) {
            add((byte) '?');
            add(exchange.getQueryString());
        }
    }

    private void addHeaderFields(HeaderMap headers) {
        List<HttpString> named = HopByHopHeaders.namedBy(headers);
        for (long i = headers.fastIterateNonEmpty(); i != -1; i = headers.fiNextNonEmpty(i)) {
            HeaderValues values = headers.fiCurrent(i);
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
            for (int v = 0; v < values.size(); v++) {
                addHeaderField(name, values.get(v));
            }
        }
    }

    private void addFraming(HeaderMap headers, boolean chunked) {
        if (chunked) {
            add(CHUNKED);
        } else if (headers.contains(Headers.CONTENT_LENGTH)) {
            addHeaderField(Headers.CONTENT_LENGTH, headers.getFirst(Headers.CONTENT_LENGTH));
        }
    }

    private void addTe(HeaderMap headers) {
        HeaderValues te = headers.get(Headers.TE);
        if (te != null && Tokens.anyListContains(te, "trailers")) {
            add(TE_TRAILERS);
        }
    }

    private void addUpgrade(HttpServerExchange exchange) {
        String protocols = UpgradeProtocols.requested(exchange);
        if (!protocols.isEmpty()) {
            add(CONNECTION_UPGRADE);
            addHeaderField(Headers.UPGRADE, protocols);
        }
    }

    private void addHeaderField(HttpString name, String value) {
        add(name);
        add((byte) ':');
        add((byte) ' ');
        add(value);
        add((byte) '\r');
        add((byte) '\n');
    }

    private void add(HttpString text) {
        reserve(text.length());
        text.copyTo(head, length);
        length += text.length();
    }

    /** Appends text of which each character was one byte on the wire, and becomes that byte again. */
    @SuppressWarnings("deprecation") // the only conversion that does this without a copy
    private void add(String text) {
        reserve(text.length());
        text.getBytes(0, text.length(), head, length);
        length += text.length();
    }

    private void add(byte[] bytes) {
        reserve(bytes.length);
        System.arraycopy(bytes, 0, head, length, bytes.length);
        length += bytes.length;
    }

    private void add(byte b) {
        reserve(1);
        head[length++] = b;
    }

    private void reserve(int additional) {
        if (length + additional > head.length) {
            head = Arrays.copyOf(head, Math.max(length + additional, head.length * 2));
        }
    }
}
