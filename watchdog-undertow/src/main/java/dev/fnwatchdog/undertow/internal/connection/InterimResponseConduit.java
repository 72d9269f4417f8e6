package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.undertow.internal.http.InterimResponse;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.PendingSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Writes interim responses of HTTP/1.1 (RFC 9110, 15.2) to the socket, before the response to which they belong: Undertow has a
 * place for a 100 alone. What the socket does not accept at once is written before anything else, when the socket reports that it
 * has room. The writer of the response does not see that: it is notified only while it has resumed writes itself.
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
final class InterimResponseConduit extends PendingSink {
    // Mutable state
    private @Nullable ByteBuffer pending;
    private @Nullable Runnable waiter;

    InterimResponseConduit(StreamSinkConduit next) {
        super(next);
    }

    /** Sends a response. Drops one for which the client does not wait where it has not taken the one before. */
    void send(InterimResponse response) throws IOException {
        ByteBuffer before = pending;
        if (before == null) {
            pending = ByteBuffer.wrap(response.http1());
            if (!isSent()) {
                next.resumeWrites();
            }
        } else if (response.isContinue()) {
            byte[] head = response.http1();
            pending = ByteBuffer.allocate(before.remaining() + head.length)
                    .put(before)
                    .put(head)
                    .flip();
        }
    }

    /** Runs {@code action} once when the socket has room, not within this call. */
    void whenWritable(Runnable action) {
        waiter = action;
        next.resumeWrites();
    }

    private boolean isSent() throws IOException {
        ByteBuffer rest = pending;
        while (rest != null && rest.hasRemaining()) {
            if (next.write(rest) == 0) {
                return false;
            }
        }
        pending = null;
        return true;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        return isSent() ? next.write(src) : 0;
    }

    @Override
    public long write(ByteBuffer[] srcs, int offs, int len) throws IOException {
        return isSent() ? next.write(srcs, offs, len) : 0;
    }

    @Override
    public long transferFrom(FileChannel src, long position, long count) throws IOException {
        return isSent() ? next.transferFrom(src, position, count) : 0;
    }

    @Override
    public boolean flush() throws IOException {
        return isSent() && next.flush();
    }

    @Override
    protected boolean waitsForRoom() {
        return waiter != null || pending != null;
    }

    /** Sends what is pending, and then notifies the others that wait for room. */
    @Override
    protected void roomFound() {
        try {
            if (!isSent()) {
                return;
            }
        } catch (IOException disconnected) {
            // The writer of the response, or the reader that waits for the client, meets the same failure.
            pending = null;
        }
        // The writer first: if the waiter sent the response's last byte, the writer would not be notified of it.
        notifyWriter();
        Runnable action = waiter;
        waiter = null;
        if (action != null) {
            // Not here: XNIO drops what a handler of readiness throws.
            next.getWriteThread().execute(action);
        }
        suspendUnlessNeeded();
    }
}
