package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.http.HeaderLineParser;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * One connection to the function. It stays registered for reads from its first day to its last: while a call uses it, what
 * arrives is the call's; while it is idle, anything that arrives ends it, so that neither a connection that the function has
 * closed nor bytes that belong to no call can reach a later call.
 *
 * <p>Threads: one IO thread, that of every call which uses it.
 */
final class UpstreamConnection implements ChannelListener<ConduitStreamSourceChannel> {
    private final StreamConnection connection;
    private final UpstreamPool pool;
    private final ByteBufferPool buffers;
    private final ResponseHeadParser parser;

    // Mutable state
    private @Nullable UpstreamExchange upstreamExchange;
    private boolean reused;
    private long idleSince;

    UpstreamConnection(StreamConnection connection, UpstreamPool pool, ByteBufferPool buffers, HeaderLineParser lines) {
        this.connection = connection;
        this.pool = pool;
        this.buffers = buffers;
        this.parser = new ResponseHeadParser(lines);
        connection.getSourceChannel().setReadListener(this);
        connection.getSinkChannel().setWriteListener(channel -> {
            if (upstreamExchange != null) {
                upstreamExchange.writable();
            } else {
                channel.suspendWrites();
            }
        });
        connection.getSourceChannel().resumeReads();
    }

    /** Whether an earlier call has used it. */
    boolean reused() {
        return reused;
    }

    ResponseHeadParser parser() {
        return parser;
    }

    StreamConnection connection() {
        return connection;
    }

    StreamSinkConduit sink() {
        return connection.getSinkChannel().getConduit();
    }

    StreamSourceConduit source() {
        return connection.getSourceChannel().getConduit();
    }

    ByteBufferPool buffers() {
        return buffers;
    }

    long idleSince() {
        return idleSince;
    }

    /** From now on what arrives is this call's. */
    void use(UpstreamExchange user) {
        upstreamExchange = user;
        parser.reset();
    }

    /** The call is over, and left the connection as a fresh one: the next call may have it. */
    void release() {
        upstreamExchange = null;
        reused = true;
        idleSince = System.nanoTime();
        connection.getSourceChannel().resumeReads();
        pool.returnIdle(this);
    }

    /** Not to be used again. */
    void close() {
        upstreamExchange = null;
        pool.connectionClosed(this);
        IoUtils.safeClose(connection);
    }

    /** The call has become a tunnel and owns the bare connection now. */
    StreamConnection detach() {
        upstreamExchange = null;
        pool.connectionClosed(this);
        connection.getSourceChannel().setReadListener(null);
        connection.getSinkChannel().setWriteListener(null);
        connection.getSourceChannel().suspendReads();
        return connection;
    }

    /** Whether nothing has come since it was last used, asked of the kernel: its events may still wait to be told. */
    boolean stillIdle() {
        try (PooledByteBuffer probe = buffers.allocate()) {
            return connection.getSourceChannel().read(probe.getBuffer()) == 0;
        } catch (IOException gone) {
            return false;
        }
    }

    @Override
    public void handleEvent(ConduitStreamSourceChannel channel) {
        if (upstreamExchange != null) {
            upstreamExchange.readable();
        } else if (!stillIdle()) {
            // The function closed it, or sent what nobody asked for.
            close();
        }
    }
}
