package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.io.IoThread;
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
 * One connection to the function. It is always registered for reads. While a request uses it, what arrives belongs to
 * that request. While it is idle, anything that arrives closes it: neither a connection that the function has closed
 * nor stray bytes can reach a later request (specification 3.29, 3.43).
 *
 * <p>Threads: one I/O thread, that of every request which uses the connection.
 */
@IoThread
final class UpstreamConnection implements ChannelListener<ConduitStreamSourceChannel> {
    /** The request that uses the connection. */
    interface User {
        /** Called when the connection has something to read, or has ended. */
        void readable();

        /** Called when the socket has room, while writes are resumed. */
        void writable();
    }

    private final StreamConnection connection;
    private final UpstreamPool pool;
    private final ByteBufferPool buffers;
    private final ResponseHeadParser parser = new ResponseHeadParser();

    // Mutable state
    private @Nullable User user;
    private boolean reused;
    private long idleSince;

    UpstreamConnection(StreamConnection connection, UpstreamPool pool, ByteBufferPool buffers) {
        this.connection = connection;
        this.pool = pool;
        this.buffers = buffers;
        connection.getSourceChannel().setReadListener(this);
        connection.getSinkChannel().setWriteListener(channel -> {
            if (user != null) {
                user.writable();
            } else {
                channel.suspendWrites();
            }
        });
        connection.getSourceChannel().resumeReads();
    }

    /** Returns whether an earlier request has used the connection. */
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

    long idleSince() {
        return idleSince;
    }

    /** Assigns the connection to a request, which gets what arrives from now on. */
    void use(User next) {
        user = next;
        parser.reset();
    }

    /** Returns the connection to the pool: its request has ended completely, and the next one can use it. */
    void release() {
        user = null;
        reused = true;
        idleSince = System.nanoTime();
        connection.getSourceChannel().resumeReads();
        pool.returnIdle(this);
    }

    /** Closes the connection and removes it from the pool. */
    void close() {
        boolean idle = user == null;
        user = null;
        pool.connectionClosed(this);
        if (idle) {
            end();
        }
        IoUtils.safeClose(connection);
    }

    /** Ends the connection in order: TLS sends a {@code close_notify}. */
    private void end() {
        try {
            connection.getSinkChannel().shutdownWrites();
            connection.getSinkChannel().flush();
        } catch (IOException ended) {
            // The function has ended it before, and gets nothing any more.
        }
    }

    /** Removes the connection from the pool and returns the bare connection, which then belongs to a tunnel. */
    StreamConnection detach() {
        user = null;
        pool.connectionClosed(this);
        connection.getSourceChannel().setReadListener(null);
        connection.getSinkChannel().setWriteListener(null);
        connection.getSourceChannel().suspendReads();
        return connection;
    }

    /**
     * Returns whether nothing has arrived since the last use. This asks the kernel, because a read event may still be
     * pending.
     */
    boolean stillIdle() {
        try (PooledByteBuffer probe = buffers.allocate()) {
            return connection.getSourceChannel().read(probe.getBuffer()) == 0;
        } catch (IOException disconnected) {
            return false;
        }
    }

    @Override
    public void handleEvent(ConduitStreamSourceChannel channel) {
        if (user != null) {
            user.readable();
        } else if (!stillIdle()) {
            // The function closed the connection, or sent something unasked.
            close();
        }
    }
}
