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
 * One call of the function over HTTP (contract 3): the request's way there, the answer's way back, when a request may be sent
 * again, what an unreadable answer becomes, who ends a call.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class UpstreamExchange implements UpstreamPool.ConnectListener, Runnable {
    private final Invocation invocation;
    private final HttpServerExchange exchange;
    private final UpstreamHandler gateway;
    private final UpstreamPool pool;
    private final UpstreamSink sink;
    private final UpstreamSource source;
    private final boolean repeatable;

    // Mutable state
    private @Nullable UpstreamConnection upstream;
    private @Nullable PooledByteBuffer tunnelBytes;
    private UpstreamPool.@Nullable Attempt attempt;
    private boolean begun;
    private boolean triedFresh;
    private boolean requestSent;
    private boolean answered;
    private boolean over;

    UpstreamExchange(Invocation invocation, UpstreamHandler gateway, UpstreamPool pool) {
        this.invocation = invocation;
        this.exchange = invocation.exchange();
        this.gateway = gateway;
        this.pool = pool;
        this.sink = new UpstreamSink(this, exchange, pool.headWriter(), gateway.address());
        this.source = new UpstreamSource(this, invocation.loop());
        this.repeatable = exchange.isRequestComplete() && IdempotentMethods.isIdempotent(exchange.getRequestMethod());
    }

    /** The handlers have returned, and the request is as it will be sent. */
    @Override
    public void run() {
        if (over) {
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
        begun = true;
        StreamSinkConduit body = framed(chunked);
        if (body == sink && exchange.isRequestComplete()) {
            sink.terminateWrites();
        } else {
            new RequestTransfer(invocation, this, new ConduitStreamSinkChannel(Configurable.EMPTY, body)).start();
        }
        if (upstream != null && sink.nothingWritten()) {
            // A body that lets wait for itself must not hold back the head.
            sink.writable();
        }
    }

    private StreamSinkConduit framed(boolean chunked) {
        if (chunked) {
            return new ChunkedSink(sink, invocation);
        }
        // HTTP/1 has been cut by its length already.
        return exchange.getProtocol().equals(Protocols.HTTP_2_0)
                ? new ContentLengthSink(sink, invocation, Math.max(0, exchange.getRequestContentLength()))
                : sink;
    }

    @Override
    public void connected(UpstreamConnection connection) {
        if (over) {
            connection.release();
            return;
        }
        upstream = connection;
        connection.use(this);
        if (begun) {
            sink.connect(connection);
        } else {
            sink.attach(connection);
        }
    }

    @Override
    public void failed(IOException reason) {
        if (!over) {
            fail("cannot be reached: " + reason.getMessage());
        }
    }

    /** The connection broke while the request was written. What the function said before may still be there to be read. */
    void sendFailed(IOException reason) {
        if (sink.nothingWritten() && sink.noBodyWritten() && tryFresh()) {
            return;
        }
        sink.discard();
        readable();
    }

    private boolean tryFresh() {
        if (triedFresh || over) {
            return false;
        }
        triedFresh = true;
        dropConnection();
        sink.disconnect();
        attempt = pool.open(this);
        return true;
    }

    /** The whole request is out. */
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
        if (answered) {
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
                    head(connection, connection.parser(), free ? null : pooled);
                    return;
                }
            }
        } finally {
            if (free) {
                pooled.close();
            }
        }
    }

    /** The one case in which a request that was written goes out again (contract 3). */
    private void endedBeforeHead(UpstreamConnection connection, @Nullable String reason) {
        boolean silent = !connection.parser().started();
        if (silent && connection.reused() && repeatable && tryFresh()) {
            return;
        }
        fail("ended before its response: " + reason);
    }

    private void head(UpstreamConnection connection, ResponseHeadParser head, @Nullable PooledByteBuffer rest)
            throws IOException {
        boolean taken = false;
        try {
            boolean tunnel = head.status() == 101;
            if (tunnel && UpgradeProtocols.requested(exchange).isEmpty()) {
                throw new MalformedMessageException("it changes to a protocol that nobody asked for");
            }
            ResponseFraming framing = ResponseFraming.of(exchange, head);
            gateway.copyResponseHead(invocation, exchange, head, framing);
            taken = true;
            if (tunnel) {
                tunnelBytes = rest;
                source.beginTunnel();
                // What the client said of the connection's end does not hold for the tunnel.
                exchange.setPersistent(true);
                invocation.startTunnel();
                invocation.cancelTimeout();
                exchange.upgradeChannel((client, upgraded) -> tunnel(client));
            } else {
                source.begin(connection, framing, rest);
            }
        } finally {
            if (!taken && rest != null) {
                rest.close();
            }
        }
        answered = true;
        new ResponseTransfer(invocation, source, exchange.getResponseChannel()).start();
        invocation.flushHead();
    }

    /** The function has sent these behind its body. */
    void trailers(HeaderMap trailers, HeaderMap head) {
        exchange.putAttachment(HttpAttachments.RESPONSE_TRAILERS, TrailerFields.permitted(trailers, head));
    }

    /** What there is of the answer goes out, though its body has not come. */
    void flushHead() {
        invocation.flushHead();
    }

    /** The body has been read to its end. */
    void responseReceived(boolean reusable) {
        if (reusable && requestSent) {
            releaseConnection();
            return;
        }
        // Where the request is not out yet, the rest of it is of no use, nor is the connection.
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
            // It is another call's from now on: what is left of this one must not touch it.
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
        gateway.failed(invocation, reason);
    }

    /** Gives up the connection and everything that waits on it. Harmless when the call is over. */
    void abort() {
        if (over) {
            return;
        }
        over = true;
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

    /** The head has gone out, and each side may say what it will. */
    private void tunnel(StreamConnection client) {
        UpstreamConnection connection = upstream;
        if (connection == null || over) {
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
