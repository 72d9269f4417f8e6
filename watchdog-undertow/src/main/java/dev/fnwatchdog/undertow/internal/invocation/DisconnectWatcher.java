package dev.fnwatchdog.undertow.internal.invocation;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Sees that a client leaves while his call is served: Undertow reads nothing then, and so would not notice. What a client
 * sends ahead of time (pipelining) is kept for his next request; once that is more than a buffer holds, his leaving is seen
 * no more. HTTP/2 needs no watch: its streams are reset.
 *
 * <p>A client that only closes his sending side looks the same, and is treated the same, as by Go's server.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class DisconnectWatcher implements ChannelListener<ConduitStreamSourceChannel> {
    private final HttpServerConnection connection;
    private final StreamSourceConduit raw;
    private final HttpServerExchange exchange;
    private final Runnable gone;

    // Mutable state
    private boolean stopped;

    private DisconnectWatcher(HttpServerConnection connection, HttpServerExchange exchange, Runnable gone) {
        this.connection = connection;
        this.raw = connection.getOriginalSourceConduit();
        this.exchange = exchange;
        this.gone = gone;
    }

    /** Watches from now on, where that can be: the whole request must have been read. */
    static @Nullable DisconnectWatcher start(HttpServerExchange exchange, Runnable gone) {
        if (exchange.isComplete() || !(exchange.getConnection() instanceof HttpServerConnection connection)) {
            return null;
        }
        DisconnectWatcher watch = new DisconnectWatcher(connection, exchange, gone);
        connection.getChannel().getSourceChannel().setReadListener(watch);
        // Not through the channel: the conduit of a body that has been read does not pass it on.
        watch.raw.resumeReads();
        return watch;
    }

    /** Stops, and leaves the connection to whoever takes it over. */
    void stop() {
        if (!stopped) {
            stopped = true;
            ConduitStreamSourceChannel source = connection.getChannel().getSourceChannel();
            if (source.getReadListener() == this) {
                raw.suspendReads();
                source.setReadListener(null);
            }
        }
    }

    @Override
    public void handleEvent(ConduitStreamSourceChannel source) {
        if (stopped || exchange.isComplete()) {
            return;
        }
        try {
            PooledByteBuffer ahead = connection.getExtraBytes();
            int read = ahead == null ? readFirst() : readMore(ahead.getBuffer());
            if (read < 0) {
                gone.run();
            }
        } catch (IOException e) {
            gone.run();
        }
    }

    private int readFirst() throws IOException {
        PooledByteBuffer pooled = connection.getByteBufferPool().allocate();
        boolean free = true;
        try {
            int read = raw.read(pooled.getBuffer());
            if (read > 0) {
                pooled.getBuffer().flip();
                connection.ungetRequestBytes(pooled);
                free = false;
            }
            return read;
        } finally {
            if (free) {
                pooled.close();
            }
        }
    }

    /** Reads behind what has come before, into the same buffer. */
    private int readMore(ByteBuffer ahead) throws IOException {
        int from = ahead.position();
        int to = ahead.limit();
        if (to == ahead.capacity()) {
            stop();
            return 0;
        }
        ahead.limit(ahead.capacity()).position(to);
        try {
            return raw.read(ahead);
        } finally {
            ahead.limit(ahead.position()).position(from);
        }
    }
}
