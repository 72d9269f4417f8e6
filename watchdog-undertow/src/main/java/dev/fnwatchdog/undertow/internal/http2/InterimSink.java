package dev.fnwatchdog.undertow.internal.http2;

import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import java.nio.ByteBuffer;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Sends an interim response (RFC 9110 15.2): a head without END_STREAM.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class InterimSink extends AbstractStreamSinkConduit<StreamSinkConduit> {
    private final Http2ServerConnection connection;
    private final Http2Stream stream;
    private final HttpServerExchange interim;

    InterimSink(Http2ServerConnection connection, Http2Stream stream, HttpServerExchange interim) {
        super(stream.sink());
        this.connection = connection;
        this.stream = stream;
        this.interim = interim;
    }

    @Override
    public int write(ByteBuffer src) {
        throw new IllegalStateException("an interim response has no body");
    }

    @Override
    public void terminateWrites() {
        if (stream.state() != StreamState.CLOSED) {
            connection.frames().response(stream.id(), false, interim.getStatusCode(), interim.getResponseHeaders());
            connection.flushSoon();
        }
    }

    /** Completes at once: the head is queued, and no handler depends on when it reaches the socket. */
    @Override
    public boolean flush() {
        connection.flush();
        Connectors.terminateResponse(interim);
        return true;
    }
}
