package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.undertow.internal.connection.ServedConnections;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.xnio.Buffers;
import org.xnio.IoUtils;

/** A response of the watchdog: status, header fields, a short body. */
public final class CannedResponse {
    private final int status;
    private final ByteBuffer[] body;
    private final long length;
    private final Map<HttpString, String> headers;

    private CannedResponse(int status, ByteBuffer[] body, long length, Map<HttpString, String> headers) {
        this.status = status;
        this.body = body;
        this.length = length;
        this.headers = headers;
    }

    /** Returns a response with a status and no body. */
    public static CannedResponse of(int status) {
        return new CannedResponse(status, new ByteBuffer[0], 0, Map.of());
    }

    public CannedResponse with(HttpString header, String value) {
        Map<HttpString, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new CannedResponse(status, body, length, more);
    }

    public CannedResponse withBody(String contentType, String text) {
        return withBody(contentType, text.getBytes(StandardCharsets.UTF_8));
    }

    public CannedResponse withBody(String contentType, byte[] bytes) {
        return withBody(bytes).with(Headers.CONTENT_TYPE, contentType);
    }

    public CannedResponse withBody(byte[] bytes) {
        return withBody(ByteBuffer.wrap(bytes));
    }

    /**
     * Returns a response that has this body.
     *
     * @param pieces neither changed nor copied
     */
    public CannedResponse withBody(ByteBuffer... pieces) {
        return new CannedResponse(status, pieces, Buffers.remaining(pieces), headers);
    }

    /**
     * Returns a response that announces another length than its body has, for HEAD and for a status without a body.
     *
     * @param announced -1: no length is announced
     */
    public CannedResponse withLength(long announced) {
        return new CannedResponse(status, body, announced, headers);
    }

    /**
     * Sends it at once, also while the request body still arrives. In that case the connection is closed, after a delay in
     * which the client can read the response.
     */
    public void send(HttpServerExchange exchange) {
        send(exchange, !exchange.isRequestComplete());
    }

    /** @param bodyUnread whether a part of the request body has not arrived, or is not read */
    void send(HttpServerExchange exchange, boolean bodyUnread) {
        if (bodyUnread) {
            exchange.setPersistent(false);
        }
        exchange.setStatusCode(status);
        headers.forEach(exchange.getResponseHeaders()::put);
        if (length >= 0) {
            exchange.setResponseContentLength(length);
        } else {
            // Otherwise Undertow's sender would announce 0. The field is not sent where there is no body.
            exchange.getResponseHeaders().put(Headers.TRANSFER_ENCODING, Headers.CHUNKED.toString());
        }
        // While a handler runs, Undertow would end the exchange itself and drain the request body first.
        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> write(exchange, bodyUnread));
    }

    private void write(HttpServerExchange exchange, boolean bodyUnread) {
        Sender sender = exchange.getResponseSender();
        if (!Buffers.hasRemaining(body)) {
            sender.close(new Sent(bodyUnread));
        } else {
            ByteBuffer[] pieces = Arrays.stream(body).map(ByteBuffer::duplicate).toArray(ByteBuffer[]::new);
            sender.send(pieces, new BodySent(bodyUnread));
        }
    }

    private record BodySent(boolean bodyUnread) implements IoCallback {
        @Override
        public void onComplete(HttpServerExchange exchange, Sender sender) {
            sender.close(new Sent(bodyUnread));
        }

        @Override
        public void onException(HttpServerExchange exchange, Sender sender, IOException disconnect) {
            IoUtils.safeClose(exchange.getConnection());
        }
    }

    private record Sent(boolean bodyUnread) implements IoCallback {
        @Override
        public void onComplete(HttpServerExchange exchange, Sender sender) {
            if (bodyUnread) {
                ServedConnections.of(exchange).stopReading(exchange);
            }
        }

        @Override
        public void onException(HttpServerExchange exchange, Sender sender, IOException disconnect) {
            IoUtils.safeClose(exchange.getConnection());
        }
    }
}
