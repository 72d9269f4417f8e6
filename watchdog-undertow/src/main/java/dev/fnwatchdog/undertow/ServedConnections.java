package dev.fnwatchdog.undertow;

import io.undertow.server.AbstractServerConnection;
import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/**
 * The open connections of one listener, so that those without a call can be closed when the listener drains, and all of
 * them at its end.
 *
 * <p>Threads: any.
 */
final class ServedConnections implements ChannelListener<StreamConnection> {
    private static final int FIRST_SWEEP = 1024;

    /** GOAWAY, NO_ERROR, for all streams (RFC 9113, 6.8): nothing is in flight when it is sent. */
    private static final byte[] GOAWAY = {
        0, 0, 8, 7, 0, 0, 0, 0, 0, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0, 0, 0, 0
    };

    private final ChannelListener<StreamConnection> next;
    private final Map<SocketAddress, ServedConnection> byPeer = new ConcurrentHashMap<>();
    private final AtomicInteger sweepAt = new AtomicInteger(FIRST_SWEEP);

    /** @param next Undertow's listener, which speaks HTTP on what is accepted */
    ServedConnections(ChannelListener<StreamConnection> next) {
        this.next = next;
    }

    @Override
    public void handleEvent(StreamConnection accepted) {
        ServedConnection served = new ServedConnection(accepted);
        accepted.getSourceChannel().setConduit(served);
        byPeer.put(accepted.getPeerAddress(), served);
        sweep();
        next.handleEvent(accepted);
    }

    /** The connection that carries an exchange, be it alone or as one of many streams. */
    ServedConnection of(HttpServerExchange exchange) {
        if (exchange.getConnection() instanceof AbstractServerConnection one
                && one.getOriginalSourceConduit() instanceof ServedConnection served) {
            return served;
        }
        ServedConnection served = byPeer.get(exchange.getConnection().getPeerAddress());
        if (served == null) {
            throw new IllegalStateException("an exchange on a connection that was never accepted");
        }
        return served;
    }

    /** Calls that are not over yet, to their last byte. */
    int calls() {
        return byPeer.values().stream().mapToInt(ServedConnection::calls).sum();
    }

    /** How many connections are open. */
    int open() {
        byPeer.values().removeIf(served -> !served.connection().isOpen());
        return byPeer.size();
    }

    /** Closes each connection that carries no call. Those that carry one stay. */
    void closeIdle() {
        byPeer.values()
                .forEach(served -> served.connection().getIoThread().execute(() -> {
                    if (served.idle()) {
                        close(served);
                    }
                }));
    }

    /** Closes each connection, whatever it carries. */
    void closeAll() {
        byPeer.values().forEach(served -> served.connection().getIoThread().execute(() -> close(served)));
    }

    /** Closed connections are taken out in bulk: Undertow keeps the place for close listeners to itself. */
    private void sweep() {
        if (byPeer.size() >= sweepAt.get()) {
            sweepAt.set(Math.max(FIRST_SWEEP, 2 * open()));
        }
    }

    private static void close(ServedConnection served) {
        if (served.http2() && served.idle()) {
            try {
                served.connection().getSinkChannel().write(ByteBuffer.wrap(GOAWAY));
            } catch (IOException ignored) {
                // The client has left first: that is what it was to be told.
            }
        }
        IoUtils.safeClose(served.connection());
    }
}
