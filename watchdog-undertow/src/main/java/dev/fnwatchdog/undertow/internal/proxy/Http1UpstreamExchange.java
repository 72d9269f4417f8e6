package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http.MalformedMessageException;
import dev.fnwatchdog.undertow.internal.http.UpgradeProtocols;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.PeekableBody;
import io.undertow.client.ClientResponse;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.PooledAdaptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import org.xnio.StreamConnection;
import org.xnio.channels.Configurable;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.PushBackStreamSourceConduit;

/**
 * An exchange with the function over HTTP/1.1 (specification 3): repeats a request that may be repeated (specification 3.42),
 * rejects a malformed response, and decides when the connection can serve another request.
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
final class Http1UpstreamExchange extends UpstreamExchange
        implements UpstreamPool.ConnectListener,
                UpstreamConnection.User,
                UpstreamSink.Listener,
                UpstreamSource.Listener {
    private final UpstreamPool pool;
    private final UpstreamSink sink;
    private final UpstreamSource source;
    private final StreamSinkChannel requestChannel;
    private final StreamSourceChannel responseChannel;
    private final boolean repeatable;

    // Mutable state
    private @Nullable UpstreamConnection upstream;
    private UpstreamPool.@Nullable Attempt attempt;
    private boolean retried;
    private @Nullable PooledByteBuffer tunnelBytes;
    private boolean upgraded;

    Http1UpstreamExchange(Invocation invocation, UpstreamPool pool, UpstreamErrors errors) {
        super(invocation, errors);
        HttpServerExchange exchange = invocation.exchange();
        this.pool = pool;
        HeaderMap headers = exchange.getRequestHeaders();
        boolean chunked = headers.contains(Headers.TRANSFER_ENCODING)
                || (!headers.contains(Headers.CONTENT_LENGTH) && !exchange.isRequestComplete());
        this.sink = new UpstreamSink(
                this,
                invocation.loop(),
                () -> RequestHeadWriter.write(
                        exchange, pool.address(), chunked, expectation().isPending()));
        this.source = new UpstreamSource(this, invocation.loop());
        this.requestChannel = new ConduitStreamSinkChannel(
                Configurable.EMPTY, chunked ? new ChunkedSink(sink, this) : lengthChecked(sink));
        this.responseChannel = new ConduitStreamSourceChannel(Configurable.EMPTY, source);
        this.repeatable = exchange.isRequestComplete() && IdempotentMethods.isIdempotent(exchange.getRequestMethod());
    }

    @Override
    public StreamSinkChannel getRequestChannel() {
        return requestChannel;
    }

    @Override
    public StreamSourceChannel getResponseChannel() {
        return responseChannel;
    }

    @Override
    PeekableBody responseBody() {
        return source;
    }

    @Override
    void connect() {
        UpstreamConnection idle = pool.takeIdle();
        if (idle == null) {
            attempt = pool.open(this);
        } else {
            use(idle);
        }
    }

    @Override
    void bodyStarted() {
        if (upstream != null) {
            // Send the head now if the body has not taken it along: the body may be slow to arrive.
            sink.sendHead();
        }
    }

    @Override
    public void connected(StreamConnection connection) {
        use(pool.adopt(connection));
    }

    private void use(UpstreamConnection connection) {
        if (isAborted()) {
            connection.release();
            return;
        }
        upstream = connection;
        connection.use(this);
        sink.attach(connection);
        if (!isStarting()) {
            sink.resume();
        }
    }

    @Override
    public void sendFailed(IOException reason, boolean nothingWritten) {
        if (isAborted() || (nothingWritten && retryOnNewConnection())) {
            return;
        }
        sink.discard();
        // A response that the function has sent before may still be readable.
        readable();
    }

    private boolean retryOnNewConnection() {
        if (retried) {
            return false;
        }
        retried = true;
        dropConnection();
        sink.detach();
        attempt = pool.open(this);
        return true;
    }

    @Override
    public void headSent() {
        expectation().start();
    }

    @Override
    public void requestSent() {
        if (source.hasEnded()) {
            releaseConnection();
        }
    }

    @Override
    public void writable() {
        sink.writable();
    }

    @Override
    public void readable() {
        UpstreamConnection connection = upstream;
        if (connection == null) {
            return;
        }
        if (source.hasBegun()) {
            bodyReadable();
            return;
        }
        try {
            readHead(connection);
        } catch (MalformedMessageException e) {
            fail(UpstreamErrors.Kind.MALFORMED, "sent an invalid response: " + e.getMessage());
        } catch (IOException e) {
            endedBeforeHead(connection, e.getMessage());
        }
    }

    private void readHead(UpstreamConnection connection) throws IOException {
        PooledByteBuffer pooled = invocation().loop().buffers().allocate();
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
                if (parseHead(connection, pooled.getBuffer().flip())) {
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

    /** Returns true when the head of the final response is complete. Interim responses go to the client. */
    private boolean parseHead(UpstreamConnection connection, ByteBuffer bytes) throws IOException {
        ResponseHeadParser head = connection.parser();
        while (!isAborted() && head.parse(bytes)) {
            if (!head.interim()) {
                return true;
            }
            interimReceived(head.status(), head.reason(), head.headers());
            head.nextHead();
        }
        return false;
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
        fail(UpstreamErrors.Kind.CLOSED, "sent no response: " + reason);
    }

    private void handleHead(UpstreamConnection connection, ResponseHeadParser head, @Nullable PooledByteBuffer rest)
            throws IOException {
        boolean restConsumed = false;
        try {
            boolean tunnel = head.status() == 101;
            if (tunnel && UpgradeProtocols.requested(exchange()).isEmpty()) {
                throw new MalformedMessageException("it switches to a protocol that the client did not request");
            }
            ResponseFraming framing = ResponseFraming.of(exchange(), head);
            ClientResponse response = ResponseHeads.forClient(invocation(), received(head), framing);
            restConsumed = true;
            expectation().finalResponse();
            if (tunnel) {
                startTunnel(rest);
            } else {
                source.begin(connection, framing, rest);
            }
            if (!head.warning().isEmpty()) {
                errors().warn(head.warning());
            }
            respond(response, framing);
        } finally {
            if (!restConsumed && rest != null) {
                rest.close();
            }
        }
    }

    private static ClientResponse received(ResponseHeadParser head) {
        return new ClientResponse(head.status(), head.reason(), head.protocol(), head.headers());
    }

    @Override
    void passHead(ClientResponse head) {
        source.withBuffer(() -> super.passHead(head));
    }

    private void startTunnel(@Nullable PooledByteBuffer firstBytes) {
        tunnelBytes = firstBytes;
        source.endWithoutBody();
        // Whether the client's connection persists after the response has no meaning for a tunnel.
        exchange().setPersistent(true);
        invocation().startTunnel();
        invocation().cancelTimeout();
    }

    @Override
    public void responseReceived(boolean reusable) {
        if (reusable && sink.sent()) {
            releaseConnection();
            return;
        }
        // Where the request is not completely sent, its rest is useless now, and so is the connection (specification
        // 3.46).
        dropConnection();
        sink.discard();
        if (!exchange().isRequestComplete()) {
            invocation().awaitEndOfRequest();
        }
    }

    private void releaseConnection() {
        UpstreamConnection connection = upstream;
        upstream = null;
        if (connection != null) {
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

    @Override
    void aborted() {
        if (attempt != null) {
            attempt.abandon();
        }
        dropConnection();
        if (tunnelBytes != null) {
            tunnelBytes.close();
            tunnelBytes = null;
        }
        sink.discard();
    }

    /** Called by the handler when the 101 has been sent: the connection becomes a tunnel. */
    @Override
    public StreamConnection performUpgrade() throws IOException {
        UpstreamConnection connection = upstream;
        if (connection == null) {
            throw new ClosedChannelException();
        }
        upgraded = true;
        upstream = null;
        invocation().stopWatching();
        StreamConnection function = connection.detach();
        if (tunnelBytes != null) {
            // The first bytes of the tunnel arrived behind the head that opened it.
            ConduitStreamSourceChannel input = function.getSourceChannel();
            PushBackStreamSourceConduit first = new PushBackStreamSourceConduit(input.getConduit());
            first.pushBack(new PooledAdaptor(tunnelBytes));
            input.setConduit(first);
            tunnelBytes = null;
        }
        Tunnel.join((HttpServerConnection) exchange().getConnection(), function);
        return function;
    }

    @Override
    public boolean isUpgraded() {
        return upgraded;
    }

    @Override
    public boolean isUpgradeSupported() {
        return true;
    }
}
