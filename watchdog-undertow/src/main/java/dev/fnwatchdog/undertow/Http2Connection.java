package dev.fnwatchdog.undertow;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.protocols.http2.AbstractHttp2StreamSourceChannel;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.protocols.http2.Http2RstStreamStreamSourceChannel;
import io.undertow.protocols.http2.Http2StreamSourceChannel;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.xnio.OptionMap;

/**
 * HTTP/2 on one connection, and what Undertow's own keeps to itself: which stream a request came on, and that the client
 * has given it up, which would else go unnoticed until somebody writes.
 *
 * <p>Threads: the connection's IO thread.
 */
final class Http2Connection extends Http2Channel {
    private static final AttachmentKey<Integer> STREAM = AttachmentKey.create(Integer.class);

    private final Map<Integer, HttpServerExchange> streams = new HashMap<>();

    // Mutable state
    private int arriving;

    /** @param first what has been read, from the preface on */
    Http2Connection(ServedConnection connection, ByteBufferPool buffers, PooledByteBuffer first, OptionMap options) {
        super(connection, null, buffers, first, false, false, options);
    }

    /** A request has been read on the stream whose frame was received last. */
    void begins(HttpServerExchange exchange) {
        exchange.putAttachment(STREAM, arriving);
        streams.put(arriving, exchange);
    }

    void ends(HttpServerExchange exchange) {
        streams.remove(exchange.getAttachment(STREAM));
    }

    /** Ends the stream of an exchange at once, with one of RFC 9113's error codes, and with it the exchange. */
    void reset(HttpServerExchange exchange, int errorCode) {
        sendRstStream(exchange.getAttachment(STREAM), errorCode);
        terminate(exchange);
    }

    /** The connection is closed: nobody waits for what its streams were to bring. */
    void closed() {
        List.copyOf(streams.values()).forEach(Http2Connection::abandoned);
    }

    @Override
    public synchronized @Nullable AbstractHttp2StreamSourceChannel receive() throws IOException {
        AbstractHttp2StreamSourceChannel frame = super.receive();
        if (frame instanceof Http2StreamSourceChannel request) {
            arriving = request.getStreamId();
        } else if (frame instanceof Http2RstStreamStreamSourceChannel reset) {
            HttpServerExchange exchange = streams.get(reset.getStreamId());
            if (exchange != null) {
                abandoned(exchange);
            }
        }
        return frame;
    }

    private static void abandoned(HttpServerExchange exchange) {
        Call call = Call.find(exchange);
        if (call != null) {
            call.clientGone();
        }
        terminate(exchange);
    }

    private static void terminate(HttpServerExchange exchange) {
        Connectors.terminateRequest(exchange);
        Connectors.terminateResponse(exchange);
    }
}
