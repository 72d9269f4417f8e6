package dev.fnwatchdog.undertow;

import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.xnio.IoUtils;

/** An answer of the watchdog's own: status, headers, a short body. */
final class Answer {
    /** Who answered, where it was not the function (contract 3 and 7). */
    static final HttpString INTERNAL = new HttpString("X-OpenFaaS-Internal");

    private final int status;
    private final byte[] body;
    private final Map<HttpString, String> headers;

    private Answer(int status, byte[] body, Map<HttpString, String> headers) {
        this.status = status;
        this.body = body;
        this.headers = headers;
    }

    /** Just a status, with no body. */
    static Answer of(int status) {
        return new Answer(status, new byte[0], Map.of());
    }

    Answer with(HttpString header, String value) {
        Map<HttpString, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, body, more);
    }

    Answer withBody(String contentType, String text) {
        return withBody(contentType, text.getBytes(StandardCharsets.UTF_8));
    }

    Answer withBody(String contentType, byte[] bytes) {
        return withBody(bytes).with(Headers.CONTENT_TYPE, contentType);
    }

    Answer withBody(byte[] bytes) {
        return new Answer(status, bytes, headers);
    }

    /**
     * Sends it at once, also while the request's body still arrives; then the connection is closed, once the client had a
     * moment to read the answer.
     */
    void send(HttpServerExchange exchange) {
        send(exchange, !exchange.isRequestComplete());
    }

    /** @param bodyUnread whether a part of the request's body has not arrived, or nobody wants it */
    void send(HttpServerExchange exchange, boolean bodyUnread) {
        if (bodyUnread) {
            exchange.setPersistent(false);
        }
        exchange.setStatusCode(status);
        headers.forEach(exchange.getResponseHeaders()::put);
        exchange.setResponseContentLength(body.length);
        // Within a handler's call Undertow would end the exchange behind our back, draining the body first.
        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> write(exchange, bodyUnread));
    }

    private void write(HttpServerExchange exchange, boolean bodyUnread) {
        Sender sender = exchange.getResponseSender();
        if (body.length == 0) {
            sender.close(new Sent(bodyUnread));
        } else {
            sender.send(ByteBuffer.wrap(body), new BodySent(bodyUnread));
        }
    }

    /** The client may go on sending his body: nobody wants it, and the connection takes care that he can read on. */
    static void close(HttpServerExchange exchange) {
        if (exchange.getConnection() instanceof HttpServerConnection connection) {
            try {
                connection.getOriginalSinkConduit().terminateWrites();
            } catch (IOException ignored) {
                // Then there is nobody who could read on.
            }
        }
        IoUtils.safeClose(exchange.getConnection());
        Connectors.terminateRequest(exchange);
    }

    private record BodySent(boolean bodyUnread) implements IoCallback {
        @Override
        public void onComplete(HttpServerExchange exchange, Sender sender) {
            sender.close(new Sent(bodyUnread));
        }

        @Override
        public void onException(HttpServerExchange exchange, Sender sender, IOException gone) {
            IoUtils.safeClose(exchange.getConnection());
        }
    }

    private record Sent(boolean bodyUnread) implements IoCallback {
        @Override
        public void onComplete(HttpServerExchange exchange, Sender sender) {
            if (bodyUnread) {
                close(exchange);
            }
        }

        @Override
        public void onException(HttpServerExchange exchange, Sender sender, IOException gone) {
            IoUtils.safeClose(exchange.getConnection());
        }
    }
}
