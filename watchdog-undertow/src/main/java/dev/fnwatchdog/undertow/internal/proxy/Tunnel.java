package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.SourceFilter;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.conduits.StreamSourceConduit;

/**
 * Ends the two connections of a tunnel together (specification 3.36). Once one side has sent EOF, the other has half a
 * second to send its last bytes: a side that never closes must not hold the request's permit for ever.
 *
 * <p>Threads: the I/O thread of both connections.
 */
@IoThread
final class Tunnel {
    /**
     * Less than the second within which the permit is released after the client has disconnected (specification 3.45).
     */
    private static final long HALF_CLOSE_MILLIS = 500;

    private final StreamConnection client;
    private final StreamConnection function;

    // Mutable state
    private boolean closing;

    private Tunnel(StreamConnection client, StreamConnection function) {
        this.client = client;
        this.function = function;
    }

    /** Joins the two connections, whose bytes {@code ProxyHandler} forwards: neither outlives the other. */
    static void join(HttpServerConnection server, StreamConnection function) {
        Tunnel tunnel = new Tunnel(server.getChannel(), function);
        tunnel.detectEof(server.getChannel());
        tunnel.detectEof(function);
        server.addCloseListener(closed -> IoUtils.safeClose(function));
        function.setCloseListener(closed -> IoUtils.safeClose(server));
    }

    private void detectEof(StreamConnection side) {
        side.getSourceChannel()
                .setConduit(new EofDetector(side.getSourceChannel().getConduit()));
    }

    private void closeLater() {
        if (!closing) {
            closing = true;
            client.getIoThread().executeAfter(this::close, HALF_CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void close() {
        IoUtils.safeClose(client, function);
    }

    /** Detects that a side has sent EOF. */
    private final class EofDetector extends SourceFilter {
        EofDetector(StreamSourceConduit next) {
            super(next);
        }

        @Override
        public int read(ByteBuffer dst) throws IOException {
            int count = next.read(dst);
            if (count < 0) {
                closeLater();
            }
            return count;
        }
    }
}
