package dev.fnwatchdog.undertow;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.conduits.ConduitStreamSourceChannel;

/**
 * Sees that a client leaves while his call is served: Undertow reads nothing then, and so would not notice. What a client
 * sends ahead of time (pipelining) is kept for his next request. HTTP/2 needs no watch: its streams are reset.
 *
 * <p>A client that only closes his sending side looks the same, and is treated the same, as by Go's server.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class DisconnectWatch implements ChannelListener<ConduitStreamSourceChannel> {
    private final HttpServerConnection connection;
    private final HttpServerExchange exchange;
    private final Runnable gone;

    // Mutable state
    private boolean stopped;

    private DisconnectWatch(HttpServerConnection connection, HttpServerExchange exchange, Runnable gone) {
        this.connection = connection;
        this.exchange = exchange;
        this.gone = gone;
    }

    /** Watches from now on, where that can be: the request has been read, and no other one waits behind it. */
    static @Nullable DisconnectWatch start(HttpServerExchange exchange, Runnable gone) {
        if (exchange.isComplete()
                || !(exchange.getConnection() instanceof HttpServerConnection connection)
                || connection.getExtraBytes() != null) {
            return null;
        }
        DisconnectWatch watch = new DisconnectWatch(connection, exchange, gone);
        ConduitStreamSourceChannel source = connection.getChannel().getSourceChannel();
        source.setReadListener(watch);
        source.resumeReads();
        return watch;
    }

    /** Stops, and leaves the connection to whoever takes it over. */
    void stop() {
        if (!stopped) {
            stopped = true;
            ConduitStreamSourceChannel source = connection.getChannel().getSourceChannel();
            if (source.getReadListener() == this) {
                source.suspendReads();
                source.setReadListener(null);
            }
        }
    }

    @Override
    public void handleEvent(ConduitStreamSourceChannel source) {
        if (stopped || exchange.isComplete()) {
            return;
        }
        PooledByteBuffer pooled = connection.getByteBufferPool().allocate();
        boolean free = true;
        try {
            int read = connection.getOriginalSourceConduit().read(pooled.getBuffer());
            if (read < 0) {
                gone.run();
            } else if (read > 0) {
                pooled.getBuffer().flip();
                connection.ungetRequestBytes(pooled);
                free = false;
                stop();
            }
        } catch (IOException e) {
            gone.run();
        } finally {
            if (free) {
                pooled.close();
            }
        }
    }
}
