package dev.fnwatchdog.undertow;

import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.XnioExecutor;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Closes a connection whose client is still sending a body that nobody wants. Closing it at once would make the kernel
 * answer the rest of the body with a reset, which can overtake the answer; so what comes is thrown away for a moment (RFC
 * 9112, 9.6).
 *
 * <p>Threads: the exchange's IO thread.
 */
final class Lingering implements ChannelListener<ConduitStreamSourceChannel> {
    /** As long as Go's server waits for the same reason. */
    private static final long MOMENT_MILLIS = 500;

    private final HttpServerExchange exchange;
    private final HttpServerConnection connection;
    private final StreamSourceConduit raw;
    private final XnioExecutor.Key timer;

    private Lingering(HttpServerExchange exchange, HttpServerConnection connection) {
        this.exchange = exchange;
        this.connection = connection;
        this.raw = connection.getOriginalSourceConduit();
        this.timer = connection.getIoThread().executeAfter(this::close, MOMENT_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** To be called once the answer has been flushed. */
    static void close(HttpServerExchange exchange) {
        if (exchange.getConnection() instanceof HttpServerConnection connection) {
            new Lingering(exchange, connection).begin();
        } else {
            // A stream of HTTP/2 has its own end of each side: the client is told to stop sending.
            IoUtils.safeClose(exchange.getConnection());
            Connectors.terminateRequest(exchange);
        }
    }

    private void begin() {
        try {
            connection.getOriginalSinkConduit().terminateWrites();
        } catch (IOException gone) {
            close();
            return;
        }
        ConduitStreamSourceChannel channel = connection.getChannel().getSourceChannel();
        channel.setReadListener(this);
        raw.resumeReads();
        handleEvent(channel);
    }

    @Override
    public void handleEvent(ConduitStreamSourceChannel channel) {
        try (PooledByteBuffer pooled = connection.getByteBufferPool().allocate()) {
            int read;
            do {
                pooled.getBuffer().clear();
                read = raw.read(pooled.getBuffer());
            } while (read > 0);
            if (read < 0) {
                close();
            }
        } catch (IOException gone) {
            close();
        }
    }

    private void close() {
        timer.remove();
        IoUtils.safeClose(connection);
        Connectors.terminateRequest(exchange);
    }
}
