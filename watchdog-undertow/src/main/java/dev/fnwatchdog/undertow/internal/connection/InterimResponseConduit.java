package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.undertow.internal.http.InterimResponse;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.WriteReadyHandler;

/**
 * Writes interim responses of HTTP/1.1 (RFC 9110, 15.2) to the socket, before the response to which they belong: Undertow has a
 * place for a 100 alone. What the socket does not accept at once is written before anything else, when the socket reports that it
 * has room. The writer of the response does not see that: it is notified only while it has resumed writes itself.
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
final class InterimResponseConduit extends AbstractStreamSinkConduit<StreamSinkConduit> {
    // Mutable state
    private @Nullable ByteBuffer pending;
    private @Nullable Runnable waiter;
    // whether the writer of the response waits for room
    private boolean resumed;

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
        return pending == null || isSent() ? next.write(src) : 0;
    }

    @Override
    public long write(ByteBuffer[] srcs, int offs, int len) throws IOException {
        return pending == null || isSent() ? next.write(srcs, offs, len) : 0;
    }

    @Override
    public int writeFinal(ByteBuffer src) throws IOException {
        return pending == null || isSent() ? next.writeFinal(src) : 0;
    }

    @Override
    public long writeFinal(ByteBuffer[] srcs, int offs, int len) throws IOException {
        return pending == null || isSent() ? next.writeFinal(srcs, offs, len) : 0;
    }

    @Override
    public long transferFrom(FileChannel src, long position, long count) throws IOException {
        return pending == null || isSent() ? next.transferFrom(src, position, count) : 0;
    }

    @Override
    public long transferFrom(StreamSourceChannel source, long count, ByteBuffer throughBuffer) throws IOException {
        return pending == null || isSent() ? next.transferFrom(source, count, throughBuffer) : 0;
    }

    @Override
    public boolean flush() throws IOException {
        return isSent() && next.flush();
    }

    @Override
    public void resumeWrites() {
        resumed = true;
        next.resumeWrites();
    }

    @Override
    public void suspendWrites() {
        resumed = false;
        suspendUnlessNeeded();
    }

    private void suspendUnlessNeeded() {
        if (!resumed && waiter == null && pending == null) {
            next.suspendWrites();
        }
    }

    @Override
    public void wakeupWrites() {
        resumed = true;
        next.wakeupWrites();
    }

    @Override
    public boolean isWriteResumed() {
        return resumed;
    }

    @Override
    public void setWriteReadyHandler(WriteReadyHandler handler) {
        next.setWriteReadyHandler(new SocketListener(handler));
    }

    /** Called when the socket has room. */
    private void writable() {
        Runnable action = waiter;
        waiter = null;
        if (action != null) {
            // Not here: XNIO drops what a handler of readiness throws.
            next.getWriteThread().execute(action);
        }
        suspendUnlessNeeded();
    }

    /** Sends what is pending, and then notifies the others that wait for room. */
    private final class SocketListener implements WriteReadyHandler {
        private final WriteReadyHandler writer;

        private SocketListener(WriteReadyHandler writer) {
            this.writer = writer;
        }

        @Override
        public void writeReady() {
            try {
                if (!isSent()) {
                    return;
                }
            } catch (IOException disconnected) {
                // The writer of the response, or the reader that waits for the client, meets the same failure.
                pending = null;
            }
            // The writer first: if the waiter sent the response's last byte, the writer would not be notified of it.
            if (resumed) {
                writer.writeReady();
            }
            writable();
        }

        @Override
        public void forceTermination() {
            writer.forceTermination();
        }

        @Override
        public void terminated() {
            writer.terminated();
        }
    }
}
