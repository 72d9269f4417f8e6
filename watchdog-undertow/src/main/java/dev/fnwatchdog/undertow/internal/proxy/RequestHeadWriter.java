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
 * Writes the head of the request that goes to the function: the client's own, byte for byte, less what is hop-by-hop
 * (contract 3). Nothing is added.
 *
 * <p>Threads: belongs to one IO thread; what it returns is overwritten by the next call.
 */
final class RequestHeadWriter {
    private static final int USUAL_HEAD = 4096;
    private static final byte[] VERSION = " HTTP/1.1\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] CHUNKED = "Transfer-Encoding: chunked\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] TE_TRAILERS = "TE: trailers\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] CONNECTION_UPGRADE = "Connection: Upgrade\r\n".getBytes(StandardCharsets.ISO_8859_1);

    // Mutable state
    private byte[] head = new byte[USUAL_HEAD];
    private int length;

    /**
     * The head for {@code exchange}, to be sent to {@code function}.
     *
     * @param chunked whether the body goes out in chunks: a length goes on as a length, a chunked body chunked; HTTP/2 needs
     *     neither, so a body without a length is chunked
     */
    ByteBuffer write(HttpServerExchange exchange, UpstreamAddress function, boolean chunked) {
        length = 0;
        HeaderMap headers = exchange.getRequestHeaders();
        add(exchange.getRequestMethod());
        add((byte) ' ');
        target(exchange, function);
        add(VERSION);
        if (!headers.contains(Headers.HOST)) {
            header(Headers.HOST, function.authority());
        }
        headers(headers);
        framing(headers, chunked);
        te(headers);
        upgrade(exchange);
        add((byte) '\r');
        add((byte) '\n');
        return ByteBuffer.wrap(head, 0, length);
    }

    private void target(HttpServerExchange exchange, UpstreamAddress function) {
        String path = RequestTarget.path(exchange);
        if (!path.equals("*")) {
            add(function.path());
        }
        add(path);
        String query = exchange.getQueryString();
        if (!query.isEmpty()) {
            add((byte) '?');
            add(query);
        }
    }

    private void headers(HeaderMap headers) {
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
                // HTTP/2 splits them; HTTP/1.1 wants one line (RFC 9113, 8.2.3).
                header(name, String.join("; ", values));
                continue;
            }
            for (int v = 0; v < values.size(); v++) {
                header(name, values.get(v));
            }
        }
    }

    private void framing(HeaderMap headers, boolean chunked) {
        if (chunked) {
            add(CHUNKED);
        } else if (headers.contains(Headers.CONTENT_LENGTH)) {
            header(Headers.CONTENT_LENGTH, headers.getFirst(Headers.CONTENT_LENGTH));
        }
    }

    private void te(HeaderMap headers) {
        HeaderValues te = headers.get(Headers.TE);
        if (te != null && Tokens.anyListContains(te, "trailers")) {
            add(TE_TRAILERS);
        }
    }

    private void upgrade(HttpServerExchange exchange) {
        String protocols = UpgradeProtocols.requested(exchange);
        if (!protocols.isEmpty()) {
            add(CONNECTION_UPGRADE);
            header(Headers.UPGRADE, protocols);
        }
    }

    private void header(HttpString name, String value) {
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

    /** Each character was one byte on the wire, and becomes that byte again. */
    @SuppressWarnings("deprecation") // the one conversion that does just that, without a copy
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

    private void reserve(int more) {
        if (length + more > head.length) {
            head = Arrays.copyOf(head, Math.max(length + more, head.length * 2));
        }
    }
}
