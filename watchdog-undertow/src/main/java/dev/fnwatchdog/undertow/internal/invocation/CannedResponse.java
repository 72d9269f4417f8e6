package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.undertow.internal.connection.ServedConnections;
import dev.fnwatchdog.undertow.internal.http.GrpcContentType;
import dev.fnwatchdog.undertow.internal.http.GrpcStatus;
import dev.fnwatchdog.undertow.internal.http.WatchdogHeaders;
import io.undertow.io.IoCallback;
import io.undertow.io.Sender;
import io.undertow.server.ConduitWrapper;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Protocols;
import io.undertow.util.SameThreadExecutor;
import io.undertow.util.StatusCodes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.xnio.Buffers;
import org.xnio.IoUtils;
import org.xnio.conduits.StreamSinkConduit;

/** A response that is known as a whole before it is sent: status, header fields, a short body. Nearly all are the watchdog's own. */
public final class CannedResponse {
    /** Gives a trailers-only response the fields alone that gRPC has there: Undertow's sender adds a length of 0. */
    private static final ConduitWrapper<StreamSinkConduit> WITHOUT_LENGTH = (factory, exchange) -> {
        exchange.getResponseHeaders().remove(Headers.CONTENT_LENGTH);
        return factory.create();
    };

    /** Whose response it is. */
    private enum Origin {
        WATCHDOG,
        FUNCTION
    }

    private final Origin origin;
    private final int status;
    private final ByteBuffer[] body;
    private final long length;
    private final Map<HttpString, String> headers;

    private CannedResponse(Origin origin, int status, ByteBuffer[] body, long length, Map<HttpString, String> headers) {
        this.origin = origin;
        this.status = status;
        this.body = body;
        this.length = length;
        this.headers = headers;
    }

    /** Returns a response with a status and no body. */
    public static CannedResponse of(int status) {
        return new CannedResponse(Origin.WATCHDOG, status, new ByteBuffer[0], 0, Map.of());
    }

    /** Returns a response in place of the function's, which names the watchdog as its author. */
    public static CannedResponse ofWatchdog(int status) {
        return of(status).with(WatchdogHeaders.INTERNAL, WatchdogHeaders.OF_WATCHDOG);
    }

    /** Returns the function's own response, which is no refusal, whatever its status: a gRPC client gets it as it is. */
    public static CannedResponse ofFunction(int status) {
        return new CannedResponse(Origin.FUNCTION, status, new ByteBuffer[0], 0, Map.of());
    }

    /** Returns the refusal of a request beyond a limit of requests at once (specification 7.1). */
    public static CannedResponse limitExceeded(int max) {
        return of(StatusCodes.TOO_MANY_REQUESTS)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.MIDDLEWARE)
                .with(Headers.RETRY_AFTER, "1")
                .withBody(
                        "text/plain",
                        "Concurrent request limit exceeded. Max concurrent requests: %d\n".formatted(max));
    }

    /** Returns the refusal of a request that still waits for a permit at the end of the drain (specification 7.3). */
    public static CannedResponse watchdogStops() {
        return of(StatusCodes.SERVICE_UNAVAILABLE)
                .with(WatchdogHeaders.INTERNAL, WatchdogHeaders.MIDDLEWARE)
                .with(Headers.RETRY_AFTER, "1")
                .withBody(WatchdogHeaders.PLAIN_TEXT, "the watchdog is stopping\n");
    }

    public CannedResponse with(HttpString header, String value) {
        Map<HttpString, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new CannedResponse(origin, status, body, length, more);
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
        return new CannedResponse(origin, status, pieces, Buffers.remaining(pieces), headers);
    }

    /**
     * Returns a response that announces another length than its body has, for HEAD and for a status without a body.
     *
     * @param announced -1: no length is announced
     */
    public CannedResponse withLength(long announced) {
        return new CannedResponse(origin, status, body, announced, headers);
    }

    /**
     * Sends it at once, also while the request body still arrives. In that case the connection is closed, after a delay in
     * which the client can read the response. In place of a refusal, a gRPC client gets a trailers-only response (specification
     * 7.4).
     */
    public void send(HttpServerExchange exchange) {
        send(exchange, !exchange.isRequestComplete());
    }

    /**
     * Sends it for a request that is refused before its invocation begins. For gRPC it is a trailers-only response too
     * (specification 7.4).
     */
    public void refuse(HttpServerExchange exchange) {
        CannedResponse response = GrpcContentType.isIn(exchange.getRequestHeaders()) ? trailersOnly() : this;
        response.transmit(exchange, !exchange.isRequestComplete());
    }

    /** @param bodyUnread whether a part of the request body has not arrived, or is not read */
    void send(HttpServerExchange exchange, boolean bodyUnread) {
        Invocation invocation = Invocation.find(exchange);
        boolean refusal = origin == Origin.WATCHDOG && status >= StatusCodes.BAD_REQUEST;
        if (refusal && invocation != null && invocation.isGrpc()) {
            invocation.refusedWith(status);
            trailersOnly().transmit(exchange, bodyUnread);
        } else {
            transmit(exchange, bodyUnread);
        }
    }

    /** Returns the response of gRPC in its place: one head that ends the response, with all of its fields. */
    private CannedResponse trailersOnly() {
        HeaderMap fields = new HeaderMap();
        grpcStatus().putInto(fields, message());
        CannedResponse response = new CannedResponse(origin, StatusCodes.OK, new ByteBuffer[0], 0, headers)
                .with(Headers.CONTENT_TYPE, GrpcContentType.VALUE);
        for (HeaderValues field : fields) {
            response = response.with(field.getHeaderName(), field.getFirst());
        }
        return response;
    }

    GrpcStatus grpcStatus() {
        return GrpcStatus.ofHttp(status);
    }

    /** Returns the body where it is plain text, otherwise the status and its reason phrase. */
    String message() {
        String type = headers.getOrDefault(Headers.CONTENT_TYPE, WatchdogHeaders.PLAIN_TEXT);
        if (!type.startsWith("text/plain") || !Buffers.hasRemaining(body)) {
            return status + " " + StatusCodes.getReason(status);
        }
        ByteBuffer text = ByteBuffer.allocate((int) Buffers.remaining(body));
        for (ByteBuffer piece : copies()) {
            text.put(piece);
        }
        return StandardCharsets.UTF_8.decode(text.flip()).toString().strip();
    }

    private void transmit(HttpServerExchange exchange, boolean bodyUnread) {
        if (bodyUnread) {
            exchange.setPersistent(false);
        }
        exchange.setStatusCode(status);
        HeaderMap responseHeaders = exchange.getResponseHeaders();
        for (Map.Entry<HttpString, String> field : headers.entrySet()) {
            responseHeaders.put(field.getKey(), field.getValue());
        }
        if (length >= 0) {
            exchange.setResponseContentLength(length);
        } else {
            // Otherwise Undertow's sender would announce 0. The field is not sent where there is no body.
            exchange.getResponseHeaders().put(Headers.TRANSFER_ENCODING, Headers.CHUNKED.toString());
        }
        if (headers.containsKey(GrpcStatus.FIELD) && exchange.getProtocol().equals(Protocols.HTTP_2_0)) {
            exchange.addResponseWrapper(WITHOUT_LENGTH);
        }
        // While a handler runs, Undertow would end the exchange itself and drain the request body first.
        exchange.dispatch(SameThreadExecutor.INSTANCE, () -> write(exchange, bodyUnread));
    }

    private void write(HttpServerExchange exchange, boolean bodyUnread) {
        Sender sender = exchange.getResponseSender();
        if (!Buffers.hasRemaining(body)) {
            sender.close(new Sent(bodyUnread));
        } else {
            sender.send(copies(), new BodySent(bodyUnread));
        }
    }

    /** Returns the body for one response: sending moves the positions of buffers. */
    private ByteBuffer[] copies() {
        ByteBuffer[] copies = new ByteBuffer[body.length];
        for (int i = 0; i < body.length; i++) {
            copies[i] = body[i].duplicate();
        }
        return copies;
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
