package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.undertow.internal.http.InterimResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.StreamSinkConduit;

/**
 * Writes interim responses of HTTP/1.1 (RFC 9110, 15.2) to the socket, before the response to which they belong: Undertow has a
 * place for a 100 alone. What the socket does not accept at once is written before anything else.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class InterimResponseConduit extends AbstractStreamSinkConduit<StreamSinkConduit> {
    /** Only a client that does not read its earlier responses has to wait. */
    private static final long RETRY_MILLIS = 10;

    // Mutable state
    private @Nullable ByteBuffer pending;

    InterimResponseConduit(StreamSinkConduit next) {
        super(next);
    }

    /** Sends a response. Drops one for which the client does not wait where it has not taken the one before. */
    void send(InterimResponse response) throws IOException {
        ByteBuffer before = pending;
        if (before == null) {
            pending = ByteBuffer.wrap(response.http1());
            writeLater();
        } else if (response.isContinue()) {
            byte[] head = response.http1();
            pending = ByteBuffer.allocate(before.remaining() + head.length)
                    .put(before)
                    .put(head)
                    .flip();
        }
    }

    private void writeLater() throws IOException {
        if (!isSent()) {
            getWriteThread().executeAfter(this::retry, RETRY_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void retry() {
        try {
            writeLater();
        } catch (IOException disconnected) {
            // The writer of the response, or the reader that waits for the client, meets the same failure.
            pending = null;
        }
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
}
