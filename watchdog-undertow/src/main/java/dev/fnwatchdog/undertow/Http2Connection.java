package dev.fnwatchdog.undertow;

import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.protocols.http2.AbstractHttp2StreamSourceChannel;
import io.undertow.protocols.http2.Http2Channel;
import io.undertow.protocols.http2.Http2HeadersStreamSinkChannel;
import io.undertow.protocols.http2.Http2RstStreamStreamSourceChannel;
import io.undertow.protocols.http2.Http2StreamSourceChannel;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.HeaderMap;
import io.undertow.util.HeaderValues;
import io.undertow.util.Headers;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.OptionMap;

/**
 * HTTP/2 on one connection, and what Undertow's own keeps to itself: which stream a request came on, and that the client
 * has given it up, which would else go unnoticed until somebody writes.
 *
 * <p>Threads: the connection's IO thread.
 */
final class Http2Connection extends Http2Channel {
    private static final AttachmentKey<Http2StreamSourceChannel> STREAM =
            AttachmentKey.create(Http2StreamSourceChannel.class);

    private static final long FULL_SOCKET_MILLIS = 100;

    private final ServedConnection connection;
    private final Map<Integer, HttpServerExchange> streams = new HashMap<>();

    // Mutable state
    private @Nullable Http2StreamSourceChannel arriving;

    /** @param first what has been read, from the preface on */
    Http2Connection(ServedConnection connection, ByteBufferPool buffers, PooledByteBuffer first, OptionMap options) {
        super(connection, null, buffers, first, false, false, options);
        this.connection = connection;
    }

    /** A request has been read on the stream whose frame was received last. */
    void begins(HttpServerExchange exchange) {
        if (arriving != null) {
            exchange.putAttachment(STREAM, arriving);
            streams.put(arriving.getStreamId(), exchange);
        }
    }

    void ends(HttpServerExchange exchange) {
        Http2StreamSourceChannel body = exchange.getAttachment(STREAM);
        streams.remove(body.getStreamId());
        // What of the body nobody has read holds buffers; it may even come yet.
        body.setIgnoreForceClose(true);
        IoUtils.safeClose(body);
        free(body.getResponseChannel());
    }

    /**
     * A frame that the client's window holds back, of a stream that is over, would be held for as long as the connection
     * lasts. One that only waits for the socket is on its way, and must be left alone: as long as the socket is full nobody
     * can tell the one from the other.
     */
    private void free(Http2HeadersStreamSinkChannel answer) {
        if (!answer.isReadyForFlush() || !answer.isOpen() || !isOpen()) {
            return;
        }
        if (connection.getSinkChannel().isWriteResumed()) {
            getIoThread().executeAfter(() -> free(answer), FULL_SOCKET_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            IoUtils.safeClose(answer);
        }
    }

    /** Ends the stream of an exchange at once, with one of RFC 9113's error codes, and with it the exchange. */
    void reset(HttpServerExchange exchange, int errorCode) {
        super.sendRstStream(exchange.getAttachment(STREAM).getStreamId(), errorCode);
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
            arriving = request;
            prepare(request.getHeaders());
        } else if (frame instanceof Http2RstStreamStreamSourceChannel reset) {
            HttpServerExchange exchange = streams.get(reset.getStreamId());
            if (exchange != null) {
                abandoned(exchange);
            }
        }
        return frame;
    }

    /**
     * Undertow knows the authority alone, and would lose a Host that stands for it (RFC 9113, 8.3.1). It also gives up the
     * whole connection, with the calls of others on it, for a request that is malformed or CONNECT; where its method is
     * missing it resets the stream alone.
     */
    private static void prepare(HeaderMap headers) {
        HeaderValues host = headers.get(Headers.HOST);
        if (host != null && host.size() == 1 && !headers.contains(AUTHORITY)) {
            headers.put(AUTHORITY, host.getFirst());
        }
        String path = headers.getFirst(PATH);
        String authority = headers.getFirst(AUTHORITY);
        if (path == null
                || path.isEmpty()
                || (authority != null && !isAuthority(authority))
                || !Connectors.areRequestHeadersValid(headers)) {
            headers.remove(METHOD);
        }
    }

    /** What of HTTP/1 Undertow would refuse in Host: a user, a path, a query. */
    private static boolean isAuthority(String text) {
        return text.chars().noneMatch(c -> "@/?#\\".indexOf(c) >= 0);
    }

    /** Undertow resets a stream by itself where the client breaks the rules: its call is over then too. */
    @Override
    public void sendRstStream(int stream, int errorCode) {
        super.sendRstStream(stream, errorCode);
        HttpServerExchange exchange = streams.get(stream);
        if (exchange != null) {
            abandoned(exchange);
        }
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
