package dev.fnwatchdog.undertow.internal.tls;

import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.PendingSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Writes to a TLS connection as to a socket: what has been accepted leaves, without another write or flush. The conduit of
 * Undertow keeps the rest of a record that the socket had no room for.
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
final class TlsSink extends PendingSink {
    private final SocketSink socket;

    // Mutable state
    // whether a part of a record is left to be sent
    private boolean pending;
    private @Nullable IOException failure;

    /** @param socket below TLS */
    TlsSink(StreamSinkConduit next, SocketSink socket) {
        super(next);
        this.socket = socket;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return (int) write(new ByteBuffer[] {src}, 0, 1);
    }

    @Override
    public long write(ByteBuffer[] srcs, int offs, int len) throws IOException {
        throwFailure();
        int[] positions = positions(srcs, offs, len);
        long total = Buffers.remaining(srcs, offs, len);
        long before = total;
        long left = total;
        // Each write makes one record. Its result is no measure where the engine has something of its own to send.
        while (left > 0) {
            next.write(srcs, offs, len);
            if (left == total && socket.failure() != null) {
                // Nothing has left, and the writer may send all of it elsewhere. Where a later record fails, the next
                // write reports it.
                restore(positions, srcs, offs);
                throwFailure();
            }
            left = Buffers.remaining(srcs, offs, len);
            if (left == before) {
                break;
            }
            before = left;
        }
        if (left < total) {
            flush();
        }
        return total - left;
    }

    private static int[] positions(ByteBuffer[] srcs, int offs, int len) {
        int[] positions = new int[len];
        for (int i = 0; i < len; i++) {
            positions[i] = srcs[offs + i].position();
        }
        return positions;
    }

    private static void restore(int[] positions, ByteBuffer[] srcs, int offs) {
        for (int i = 0; i < positions.length; i++) {
            srcs[offs + i].position(positions[i]);
        }
    }

    private void throwFailure() throws IOException {
        IOException broken = failure == null ? socket.failure() : failure;
        if (broken != null) {
            throw broken;
        }
    }

    @Override
    public boolean flush() throws IOException {
        boolean before = pending;
        pending = !next.flush();
        if (pending) {
            next.resumeWrites();
        } else if (before) {
            suspendUnlessNeeded();
        }
        return !pending;
    }

    @Override
    protected boolean waitsForRoom() {
        return pending;
    }

    /** Sends what is left of a record, then notifies the writer. */
    @Override
    protected void roomFound() {
        if (pending) {
            try {
                flush();
            } catch (IOException e) {
                // TLS itself has failed, and the conduit has closed the connection, of which its reader hears. A writer
                // hears with its next write.
                failure = e;
                pending = false;
            }
        }
        if (!pending) {
            notifyWriter();
        }
    }
}
