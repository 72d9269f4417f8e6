package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.undertow.internal.io.IoThread;
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
 * Detects that a client disconnects while its request is served and Undertow does not read (specification 3.45). Bytes that the
 * client sends ahead of time (pipelining) are kept for its next request; after they have filled the buffer, a disconnect is not
 * detected any more. HTTP/2 needs no watch: its streams are reset.
 *
 * <p>A client that only closes its sending side cannot be distinguished, and is treated the same, as in Go's server.
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
final class DisconnectWatcher implements ChannelListener<ConduitStreamSourceChannel> {
    private final HttpServerConnection connection;
    private final StreamSourceConduit raw;
    private final HttpServerExchange exchange;
    private final Runnable onDisconnect;

    // Mutable state
    private boolean stopped;

    private DisconnectWatcher(HttpServerConnection connection, HttpServerExchange exchange, Runnable onDisconnect) {
        this.connection = connection;
        this.raw = connection.getOriginalSourceConduit();
        this.exchange = exchange;
        this.onDisconnect = onDisconnect;
    }

    /** Starts the watch, which requires that the whole request was read; returns null where it is not possible. */
    static @Nullable DisconnectWatcher start(HttpServerExchange exchange, Runnable onDisconnect) {
        if (exchange.isComplete() || !(exchange.getConnection() instanceof HttpServerConnection connection)) {
            return null;
        }
        DisconnectWatcher watcher = new DisconnectWatcher(connection, exchange, onDisconnect);
        connection.getChannel().getSourceChannel().setReadListener(watcher);
        // Not through the channel: the conduit of a body that has been read does not forward the resume.
        watcher.raw.resumeReads();
        return watcher;
    }

    /** Stops the watch and releases the connection for another reader. */
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
            PooledByteBuffer pipelined = connection.getExtraBytes();
            int read = pipelined == null ? readFirst() : readMore(pipelined.getBuffer());
            if (read < 0) {
                onDisconnect.run();
            }
        } catch (IOException e) {
            onDisconnect.run();
        }
    }

    private int readFirst() throws IOException {
        PooledByteBuffer pooled = connection.getByteBufferPool().allocate();
        boolean unused = true;
        try {
            int read = raw.read(pooled.getBuffer());
            if (read > 0) {
                pooled.getBuffer().flip();
                connection.ungetRequestBytes(pooled);
                unused = false;
            }
            return read;
        } finally {
            if (unused) {
                pooled.close();
            }
        }
    }

    /** Appends to the bytes that came before, in the same buffer. */
    private int readMore(ByteBuffer pipelined) throws IOException {
        int from = pipelined.position();
        int to = pipelined.limit();
        if (to == pipelined.capacity()) {
            stop();
            return 0;
        }
        pipelined.limit(pipelined.capacity()).position(to);
        try {
            return raw.read(pipelined);
        } finally {
            pipelined.limit(pipelined.position()).position(from);
        }
    }
}
