package dev.fnwatchdog.undertow;

import io.undertow.client.ClientCallback;
import io.undertow.client.ClientExchange;
import io.undertow.client.ClientRequest;
import io.undertow.client.ClientResponse;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.Protocols;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;
import org.xnio.channels.Configurable;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSinkConduit;

/**
 * One call of the function over HTTP: the connection and the exchange that Undertow's proxy handler sees, and the rules of
 * contract 3 for what it does not know: when a request may be sent again, what an unreadable response becomes, who ends a
 * call.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class UpstreamCall extends PerCallConnection implements UpstreamPool.Opened {
    private final Call call;
    private final HttpServerExchange exchange;
    private final FunctionGateway gateway;
    private final UpstreamPool pool;
    private final UpstreamSink sink;
    private final UpstreamSource source;
    private final boolean repeatable;

    // Mutable state
    private @Nullable Upstream upstream;
    private @Nullable StreamSinkChannel requestChannel;
    private @Nullable StreamSourceChannel responseChannel;
    private @Nullable PooledByteBuffer tunnelBytes;
    private UpstreamPool.@Nullable Attempt attempt;
    private boolean chunked;
    private boolean triedFresh;
    private boolean requestSent;
    private boolean over;
    private boolean upgraded;

    UpstreamCall(Call call, FunctionGateway gateway, UpstreamPool pool) {
        super(call.loop().thread(), gateway.address().candidate(0));
        this.call = call;
        this.exchange = call.exchange();
        this.gateway = gateway;
        this.pool = pool;
        this.sink = new UpstreamSink(this, exchange, call.loop(), gateway.address());
        this.source = new UpstreamSource(this, call.loop());
        this.repeatable = exchange.isRequestComplete() && Idempotence.of(exchange.getRequestMethod());
    }

    /** The proxy handler is ready: from here on the call is under way. */
    @Override
    public void sendRequest(ClientRequest request, ClientCallback<ClientExchange> clientCallback) {
        asked(request);
        HeaderMap headers = exchange.getRequestHeaders();
        chunked = headers.contains(Headers.TRANSFER_ENCODING)
                || (!headers.contains(Headers.CONTENT_LENGTH) && !exchange.isRequestComplete());
        sink.prepare(chunked);
        call.watchClient();
        Upstream idle = pool.takeIdle();
        if (idle == null) {
            attempt = pool.open(this);
        } else {
            connected(idle);
        }
        clientCallback.completed(this);
        if (upstream != null && sink.untouched()) {
            // A body that lets wait for itself must not hold back the head.
            sink.writable();
        }
    }

    @Override
    public void connected(Upstream connection) {
        if (over) {
            connection.release();
            return;
        }
        upstream = connection;
        connection.use(this);
        if (requestChannel == null) {
            sink.attach(connection);
        } else {
            sink.connect(connection);
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
        if (sink.untouched() && sink.bodyUntouched() && tryFresh()) {
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
        Upstream connection = upstream;
        if (connection == null) {
            return;
        }
        if (answered()) {
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

    private void readHead(Upstream connection) throws IOException {
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
    private void endedBeforeHead(Upstream connection, @Nullable String reason) {
        boolean silent = !connection.parser().started();
        if (silent && connection.reused() && repeatable && tryFresh()) {
            return;
        }
        fail("ended before its response: " + reason);
    }

    private void head(Upstream connection, ResponseHeadParser head, @Nullable PooledByteBuffer rest)
            throws IOException {
        boolean taken = false;
        try {
            boolean tunnel = head.status() == 101;
            if (tunnel && Upgrades.asked(exchange).isEmpty()) {
                throw new MalformedMessageException("it changes to a protocol that nobody asked for");
            }
            BodyFraming framing = BodyFraming.of(exchange, head);
            gateway.adorn(call, exchange, head, framing);
            taken = true;
            if (tunnel) {
                tunnelBytes = rest;
                source.beginTunnel();
                // What the client said of the connection's end does not hold for the tunnel.
                exchange.setPersistent(true);
                call.becomeTunnel();
                call.liftLimit();
            } else {
                source.begin(connection, framing, rest);
            }
        } finally {
            if (!taken && rest != null) {
                rest.close();
            }
        }
        answer(new ClientResponse(head.status(), head.reason(), head.protocol(), head.headers()));
        call.flushHead();
    }

    /** What there is of the answer goes out, though its body has not come. */
    void flushHead() {
        call.flushHead();
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
            call.awaitEndOfRequest();
        }
    }

    private void releaseConnection() {
        Upstream connection = upstream;
        upstream = null;
        if (connection != null) {
            // It is another call's from now on: what is left of this one must not touch it.
            sink.done();
            connection.release();
        }
    }

    private void dropConnection() {
        Upstream connection = upstream;
        upstream = null;
        if (connection != null) {
            connection.close();
        }
    }

    private void fail(String reason) {
        gateway.failed(call, reason);
    }

    /** Gives up the connection and everything that waits on it. Harmless when the call is over. */
    void abort() {
        if (over) {
            return;
        }
        over = true;
        if (attempt != null) {
            attempt.giveUp();
        }
        if (!upgraded) {
            dropConnection();
        }
        if (tunnelBytes != null) {
            tunnelBytes.close();
            tunnelBytes = null;
        }
        sink.discard();
        source.abort();
    }

    @Override
    public StreamConnection performUpgrade() throws IOException {
        Upstream connection = upstream;
        if (connection == null || over) {
            throw new ClosedChannelException();
        }
        upgraded = true;
        upstream = null;
        call.stopWatching();
        StreamConnection bare = connection.detach();
        if (tunnelBytes != null) {
            bare.getSourceChannel()
                    .setConduit(new FirstBytesConduit(bare.getSourceChannel().getConduit(), tunnelBytes));
            tunnelBytes = null;
        }
        Tunnel.join((HttpServerConnection) exchange.getConnection(), bare);
        return bare;
    }

    @Override
    public StreamSinkChannel getRequestChannel() {
        if (requestChannel == null) {
            requestChannel = new ConduitStreamSinkChannel(Configurable.EMPTY, framed());
        }
        return requestChannel;
    }

    private StreamSinkConduit framed() {
        if (chunked) {
            return new ChunkedSink(sink, call);
        }
        // HTTP/1 has been cut by its length already.
        return exchange.getProtocol().equals(Protocols.HTTP_2_0)
                ? new MeasuredSink(sink, call, Math.max(0, exchange.getRequestContentLength()))
                : sink;
    }

    @Override
    public StreamSourceChannel getResponseChannel() {
        if (responseChannel == null) {
            responseChannel = new ConduitStreamSourceChannel(Configurable.EMPTY, source);
        }
        return responseChannel;
    }

    @Override
    public ByteBufferPool getBufferPool() {
        return exchange.getConnection().getByteBufferPool();
    }

    @Override
    public boolean isUpgraded() {
        return upgraded;
    }

    @Override
    public boolean isOpen() {
        return !over;
    }

    @Override
    public void close() {
        call.breakOff();
    }
}
