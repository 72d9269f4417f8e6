package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.io.SourceFilter;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.Transfer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.conduits.StreamSourceConduit;

/**
 * The two connections of a tunnel end together: once one side has said its last, the other has a moment for its own last
 * words. Else a side that never closes would hold the call's place for ever.
 *
 * <p>Threads: the IO thread of both.
 */
final class Tunnel {
    /** Less than the second within which a client that has left gives its place back (contract 3). */
    private static final long LAST_WORDS_MILLIS = 500;

    private final StreamConnection client;
    private final StreamConnection function;

    // Mutable state
    private boolean ending;

    private Tunnel(StreamConnection client, StreamConnection function) {
        this.client = client;
        this.function = function;
    }

    /** From now on each gets what the other sends, and neither outlives the other. */
    static void open(HttpServerConnection server, StreamConnection client, StreamConnection function) {
        Tunnel tunnel = new Tunnel(client, function);
        tunnel.listenTo(client);
        tunnel.listenTo(function);
        server.addCloseListener(closed -> IoUtils.safeClose(function));
        function.setCloseListener(closed -> IoUtils.safeClose(server));
        tunnel.transfer(function, client, server.getByteBufferPool());
        tunnel.transfer(client, function, server.getByteBufferPool());
    }

    private void transfer(StreamConnection from, StreamConnection to, ByteBufferPool buffers) {
        Transfer.initiateTransfer(
                from.getSourceChannel(),
                to.getSinkChannel(),
                ChannelListeners.closingChannelListener(),
                ChannelListeners.writeShutdownChannelListener(
                        ChannelListeners.flushingChannelListener(
                                ChannelListeners.closingChannelListener(),
                                ChannelListeners.closingChannelExceptionHandler()),
                        ChannelListeners.closingChannelExceptionHandler()),
                (channel, broken) -> close(),
                (channel, broken) -> close(),
                buffers);
    }

    private void listenTo(StreamConnection side) {
        side.getSourceChannel().setConduit(new Ear(side.getSourceChannel().getConduit()));
    }

    private void lastWords() {
        if (!ending) {
            ending = true;
            client.getIoThread().executeAfter(this::close, LAST_WORDS_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void close() {
        IoUtils.safeClose(client, function);
    }

    /** Hears that a side has ended. */
    private final class Ear extends SourceFilter {
        Ear(StreamSourceConduit next) {
            super(next);
        }

        @Override
        public int read(ByteBuffer dst) throws IOException {
            int count = next.read(dst);
            if (count < 0) {
                lastWords();
            }
            return count;
        }
    }
}
