package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.undertow.internal.http.ChunkDecoder;
import dev.fnwatchdog.undertow.internal.http.MalformedMessageException;
import dev.fnwatchdog.undertow.internal.http.TrailerFields;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.SourceFilter;
import io.undertow.conduits.ReadDataStreamSourceConduit;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

/**
 * Reads a chunked request body, in place of Undertow's own conduit, which accepts malformed chunks (RFC 9112, 7.1;
 * specification 7.17).
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
public final class ChunkedRequestConduit extends SourceFilter {
    private final HttpServerConnection connection;
    private final HttpServerExchange exchange;
    private final ChunkDecoder decoder;

    public ChunkedRequestConduit(HttpServerConnection connection, HttpServerExchange exchange, int headLength) {
        super(new ReadDataStreamSourceConduit(connection.getOriginalSourceConduit(), connection));
        this.connection = connection;
        this.exchange = exchange;
        this.decoder = new ChunkDecoder(Math.max(0, Listener.MAX_HEAD_BYTES - headLength));
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        if (!dst.hasRemaining()) {
            return 0;
        }
        while (!decoder.done()) {
            int from = dst.position();
            int raw = next.read(dst);
            if (raw < 0) {
                throw new ClosedChannelException();
            }
            int end = dst.position();
            int read = decoder.decode(dst, from);
            if (!ServedConnections.of(exchange).reserveTrailers(decoder.trailersMemory())) {
                throw new MalformedMessageException("there is no memory for the trailers");
            }
            if (decoder.done()) {
                finish(dst, read, end);
            }
            int data = dst.position() - from;
            if (data > 0 || raw == 0) {
                return data;
            }
        }
        return -1;
    }

    /** Ends the body. The bytes behind it are the beginning of the next request's head. */
    private void finish(ByteBuffer dst, int read, int end) {
        if (read < end) {
            PooledByteBuffer rest = connection.getByteBufferPool().allocate();
            ByteBuffer remainder = dst.duplicate();
            remainder.limit(end).position(read);
            rest.getBuffer().put(remainder).flip();
            connection.ungetRequestBytes(rest);
        }
        if (decoder.trailers().size() > 0) {
            exchange.putAttachment(
                    HttpAttachments.REQUEST_TRAILERS,
                    TrailerFields.permitted(decoder.trailers(), exchange.getRequestHeaders()));
        }
        Connectors.terminateRequest(exchange);
    }

    @Override
    public void terminateReads() throws IOException {
        if (!decoder.done()) {
            exchange.setPersistent(false);
            Connectors.terminateRequest(exchange);
        }
        next.terminateReads();
    }
}
