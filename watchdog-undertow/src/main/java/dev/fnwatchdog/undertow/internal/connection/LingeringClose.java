package dev.fnwatchdog.undertow.internal.connection;

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
 * Closes a socket on which we have said our last word and the client may still be talking. Closing it at once would make
 * the kernel answer what comes with a reset, which can overtake our last word; so what comes is thrown away for a moment
 * (RFC 9112, 9.6).
 *
 * <p>Threads: the connection's IO thread.
 */
final class LingeringClose implements ReadReadyHandler, WriteReadyHandler {
    /** As long as Go's server waits for the same reason. */
    private static final long MOMENT_MILLIS = 500;

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

    /** Begins to close; false where that cannot be done here, because of the thread or of its end. */
    static boolean begin(StreamConnection socket, ByteBufferPool buffers) {
        XnioIoThread thread = socket.getIoThread();
        if (XnioIoThread.currentThread() != thread) {
            return false;
        }
        LingeringClose lingering = new LingeringClose(socket, buffers);
        try {
            lingering.timer = thread.executeAfter(lingering::close, MOMENT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException ending) {
            return false;
        }
        // In place of those that lead to all that was done on the connection, and keep its memory for so long.
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
        } catch (IOException gone) {
            close();
        }
    }

    /** Nothing is written any more. */
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
