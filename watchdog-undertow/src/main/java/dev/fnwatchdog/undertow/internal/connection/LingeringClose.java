package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.connector.ByteBufferPool;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.XnioExecutor;
import org.xnio.XnioIoThread;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSourceConduit;
import org.xnio.conduits.WriteReadyHandler;

/**
 * Closes a socket to which the last response has been written while the client may still be sending. If the socket were
 * closed at once, the kernel would respond to what arrives with a reset, which can overtake the response. What arrives
 * is therefore read and discarded for half a second (RFC 9112, 9.6).
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
final class LingeringClose implements ReadReadyHandler, WriteReadyHandler {
    /** As long as Go's HTTP server waits for the same reason. */
    private static final long LINGER_MILLIS = 500;

    private final StreamConnection socket;
    private final StreamSourceConduit input;
    private final ByteBufferPool buffers;

    // Mutable state
    private XnioExecutor.Key timer = XnioExecutor.Key.IMMEDIATE;

    private LingeringClose(StreamConnection socket, ByteBufferPool buffers) {
        this.socket = socket;
        this.input = socket.getSourceChannel().getConduit();
        this.buffers = buffers;
    }

    /**
     * Starts to close. Returns false where that is not possible, because the current thread is another one or is
     * ending.
     */
    static boolean begin(StreamConnection socket, ByteBufferPool buffers) {
        XnioIoThread thread = socket.getIoThread();
        if (XnioIoThread.currentThread() != thread) {
            return false;
        }
        LingeringClose lingering = new LingeringClose(socket, buffers);
        try {
            lingering.timer = thread.executeAfter(lingering::close, LINGER_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException ending) {
            return false;
        }
        // Replace the handlers that reference the whole connection, and would keep its memory in use for so long.
        lingering.input.setReadReadyHandler(lingering);
        socket.getSinkChannel().getConduit().setWriteReadyHandler(lingering);
        lingering.input.resumeReads();
        lingering.readReady();
        return true;
    }

    @Override
    public void readReady() {
        try (PooledByteBuffer pooled = buffers.allocate()) {
            int read;
            do {
                pooled.getBuffer().clear();
                read = input.read(pooled.getBuffer());
            } while (read > 0);
            if (read < 0) {
                close();
            }
        } catch (IOException disconnected) {
            close();
        }
    }

    /** Suspends writes: nothing is written any more. */
    @Override
    public void writeReady() {
        socket.getSinkChannel().getConduit().suspendWrites();
    }

    @Override
    public void forceTermination() {
        close();
    }

    @Override
    public void terminated() {}

    private void close() {
        timer.remove();
        IoUtils.safeClose(socket);
    }
}
