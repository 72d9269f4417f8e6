package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http.MalformedMessageException;
import dev.fnwatchdog.undertow.internal.http.TrailerFields;
import dev.fnwatchdog.undertow.internal.http.UpgradeProtocols;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.Protocols;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.channels.Configurable;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.StreamSinkConduit;

/**
 * One HTTP exchange with the function (specification 3): sends the request, receives the response, repeats a request
 * that may be repeated (specification 3.42), rejects a malformed response, and decides when the exchange ends.
 *
 * <p>Threads: the exchange's I/O thread.
 */
final class UpstreamExchange implements UpstreamPool.ConnectListener, Runnable {
    private final Invocation invocation;
    private final HttpServerExchange exchange;
    private final UpstreamHandler handler;
    private final UpstreamPool pool;
    private final UpstreamSink sink;
    private final UpstreamSource source;
    private final boolean repeatable;

    // Mutable state
    private @Nullable UpstreamConnection upstream;
    private @Nullable PooledByteBuffer tunnelBytes;
    private UpstreamPool.@Nullable Attempt attempt;
    private boolean requestStarted;
    private boolean retried;
    private boolean requestSent;
    private boolean headReceived;
    private boolean finished;

    UpstreamExchange(Invocation invocation, UpstreamHandler handler, UpstreamPool pool) {
        this.invocation = invocation;
        this.exchange = invocation.exchange();
        this.handler = handler;
        this.pool = pool;
        this.sink = new UpstreamSink(this, exchange, pool.headWriter(), handler.address());
        this.source = new UpstreamSource(this, invocation.loop());
        this.repeatable = exchange.isRequestComplete() && IdempotentMethods.isIdempotent(exchange.getRequestMethod());
    }

    /** Starts the exchange, when the handlers have returned and the request is final. */
    @Override
    public void run() {
        if (finished) {
            return;
        }
        HeaderMap headers = exchange.getRequestHeaders();
        boolean chunked = headers.contains(Headers.TRANSFER_ENCODING)
                || (!headers.contains(Headers.CONTENT_LENGTH) && !exchange.isRequestComplete());
        sink.prepare(chunked);
        invocation.watchClient();
        UpstreamConnection idle = pool.takeIdle();
        if (idle == null) {
            attempt = pool.open(this);
        } else {
            connected(idle);
        }
        requestStarted = true;
        StreamSinkConduit body = bodySink(chunked);
        if (body == sink && exchange.isRequestComplete()) {
            sink.terminateWrites();
        } else {
            new RequestTransfer(invocation, this, new ConduitStreamSinkChannel(Configurable.EMPTY, body)).start();
        }
        if (upstream != null && sink.nothingWritten()) {
            // Send the head now: the body may be slow to arrive.
            sink.writable();
        }
    }

    private StreamSinkConduit bodySink(boolean chunked) {
        if (chunked) {
            return new ChunkedSink(sink, invocation);
        }
        // Undertow has limited an HTTP/1 body to its length already.
        return exchange.getProtocol().equals(Protocols.HTTP_2_0)
                ? new ContentLengthSink(sink, invocation, Math.max(0, exchange.getRequestContentLength()))
                : sink;
    }

    @Override
    public void connected(UpstreamConnection connection) {
        if (finished) {
            connection.release();
            return;
        }
        upstream = connection;
        connection.use(this);
        if (requestStarted) {
            sink.connect(connection);
        } else {
            sink.attach(connection);
        }
    }

    @Override
    public void failed(IOException reason) {
        if (!finished) {
            fail("cannot be reached: " + reason.getMessage());
        }
    }

    /** Handles a failure to write the request. A response that the function has sent before may still be readable. */
    void sendFailed(IOException reason) {
        if (sink.nothingWritten() && sink.noBodyWritten() && retryOnNewConnection()) {
            return;
        }
        sink.discard();
        readable();
    }

    private boolean retryOnNewConnection() {
        if (retried || finished) {
            return false;
        }
        retried = true;
        dropConnection();
        sink.disconnect();
        attempt = pool.open(this);
        return true;
    }

    /** Called when the whole request has been written. */
    void requestSent() {
        if (requestSent) {
            return;
        }
        requestSent = true;
        if (source.ended()) {
            releaseConnection();
        }
    }

    void writable() {
        sink.writable();
    }

    void readable() {
        UpstreamConnection connection = upstream;
        if (connection == null) {
            return;
        }
        if (headReceived) {
            source.readable();
            return;
        }
        try {
            readHead(connection);
        } catch (MalformedMessageException e) {
            fail("sent a response that is not HTTP: " + e.getMessage());
        } catch (IOException e) {
            endedBeforeHead(connection, e.getMessage());
        }
    }

    private void readHead(UpstreamConnection connection) throws IOException {
        PooledByteBuffer pooled = connection.buffers().allocate();
        boolean free = true;
        try {
            while (true) {
                pooled.getBuffer().clear();
                int read = connection.source().read(pooled.getBuffer());
                if (read == 0) {
                    return;
                }
                if (read < 0) {
                    endedBeforeHead(connection, "it closed the connection");
                    return;
                }
                pooled.getBuffer().flip();
                if (connection.parser().parse(pooled.getBuffer())) {
                    free = !pooled.getBuffer().hasRemaining();
                    handleHead(connection, connection.parser(), free ? null : pooled);
                    return;
                }
            }
        } finally {
            if (free) {
                pooled.close();
            }
        }
    }

    /**
     * Handles the end of the connection before a response head. Only here is a request that was written sent again
     * (specification 3.42).
     */
    private void endedBeforeHead(UpstreamConnection connection, @Nullable String reason) {
        boolean nothingReceived = !connection.parser().started();
        if (nothingReceived && connection.reused() && repeatable && retryOnNewConnection()) {
            return;
        }
        fail("ended before its response: " + reason);
    }

    private void handleHead(UpstreamConnection connection, ResponseHeadParser head, @Nullable PooledByteBuffer rest)
            throws IOException {
        boolean restConsumed = false;
        try {
            boolean tunnel = head.status() == 101;
            if (tunnel && UpgradeProtocols.requested(exchange).isEmpty()) {
                throw new MalformedMessageException("it changes to a protocol that nobody asked for");
            }
            ResponseFraming framing = ResponseFraming.of(exchange, head);
            handler.copyResponseHead(invocation, exchange, head, framing);
            restConsumed = true;
            if (tunnel) {
                tunnelBytes = rest;
                source.beginTunnel();
                // Whether the client's connection persists after the response has no meaning for a tunnel.
                exchange.setPersistent(true);
                invocation.startTunnel();
                invocation.cancelTimeout();
                exchange.upgradeChannel((client, upgraded) -> startTunnel(client));
            } else {
                source.begin(connection, framing, rest);
            }
        } finally {
            if (!restConsumed && rest != null) {
                rest.close();
            }
        }
        headReceived = true;
        new ResponseTransfer(invocation, source, exchange.getResponseChannel()).start();
        invocation.flushHead();
    }

    /** Stores the permitted trailers of the response, to be sent to the client (specification 3.26). */
    void trailers(HeaderMap trailers, HeaderMap head) {
        exchange.putAttachment(HttpAttachments.RESPONSE_TRAILERS, TrailerFields.permitted(trailers, head));
    }

    /** Sends what has arrived of the response to the client, without waiting for the body. */
    void flushHead() {
        invocation.flushHead();
    }

    /** Called when the response body has been read to its end. */
    void responseReceived(boolean reusable) {
        if (reusable && requestSent) {
            releaseConnection();
            return;
        }
        // Where the request is not completely sent, its rest is useless now, and so is the connection (specification
        // 3.46).
        dropConnection();
        sink.discard();
        if (!exchange.isRequestComplete()) {
            invocation.awaitEndOfRequest();
        }
    }

    private void releaseConnection() {
        UpstreamConnection connection = upstream;
        upstream = null;
        if (connection != null) {
            // Another request may use the connection from now on: this exchange must not touch it.
            sink.done();
            connection.release();
        }
    }

    private void dropConnection() {
        UpstreamConnection connection = upstream;
        upstream = null;
        if (connection != null) {
            connection.close();
        }
    }

    private void fail(String reason) {
        handler.failed(invocation, reason);
    }

    /** Closes the connection and ends what depends on it. Without effect once the exchange has ended. */
    void abort() {
        if (finished) {
            return;
        }
        finished = true;
        if (attempt != null) {
            attempt.abandon();
        }
        dropConnection();
        if (tunnelBytes != null) {
            tunnelBytes.close();
            tunnelBytes = null;
        }
        sink.discard();
        source.abort();
    }

    /** Starts the tunnel, once the 101 has been sent. */
    private void startTunnel(StreamConnection client) {
        UpstreamConnection connection = upstream;
        if (connection == null || finished) {
            IoUtils.safeClose(client);
            return;
        }
        upstream = null;
        invocation.stopWatching();
        StreamConnection function = connection.detach();
        if (tunnelBytes != null) {
            function.getSourceChannel()
                    .setConduit(
                            new FirstBytesConduit(function.getSourceChannel().getConduit(), tunnelBytes));
            tunnelBytes = null;
        }
        Tunnel.open((HttpServerConnection) exchange.getConnection(), client, function);
    }
}
