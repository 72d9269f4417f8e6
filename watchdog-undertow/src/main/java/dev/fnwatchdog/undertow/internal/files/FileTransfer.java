package dev.fnwatchdog.undertow.internal.files;

import dev.fnwatchdog.undertow.internal.connection.ServedConnections;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.util.Protocols;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;

/**
 * The body of one answer on its way to the client: a part of a file, which is open as long as it is needed. Its first bytes
 * go out with the head; the rest goes from the file to the socket within the kernel, but for HTTP/2, which has to frame it.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class FileTransfer implements ChannelListener<StreamSinkChannel> {
    /** So little is left when the call counts as answered: a socket takes it at once, as a rule. */
    private static final long LAST_PIECE = 64 * 1024;

    private static final long LONGEST_PIECE = 1024 * 1024;

    /** Then the others on this thread have their turn. */
    private static final long MOST_AT_ONCE = 4 * LONGEST_PIECE;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final Invocation invocation;
    private final boolean framed;
    private final @Nullable FileChannel file;
    private final long end;
    private final boolean bodyUnread;

    // Mutable state
    private ByteBuffer buffer;
    private @Nullable PooledByteBuffer pooled;
    private long position;
    private boolean begun;
    private boolean closed;
    private boolean finished;

    private FileTransfer(Invocation invocation, ByteBuffer content, @Nullable FileChannel file, long from, long end) {
        this.invocation = invocation;
        this.framed = invocation.exchange().getProtocol().equals(Protocols.HTTP_2_0);
        this.buffer = content;
        this.file = file;
        this.position = from;
        this.end = end;
        this.bodyUnread = !invocation.exchange().isRequestComplete();
        invocation.onAbort(this::close);
    }

    /** An answer without a body. */
    static FileTransfer withoutBody(Invocation invocation) {
        return new FileTransfer(invocation, NOTHING, null, 0, 0);
    }

    /** @throws IOException where the file cannot be opened */
    static FileTransfer of(Invocation invocation, FileVersion version, FileRange range) throws IOException {
        byte[] content = version.content();
        if (content == null) {
            return new FileTransfer(invocation, NOTHING, version.open(), range.from(), range.end());
        }
        ByteBuffer part = ByteBuffer.wrap(content, (int) range.from(), (int) range.length());
        return new FileTransfer(invocation, part, null, 0, 0);
    }

    /** Sends head and body; nothing but headers must have been said until then. */
    void begin() {
        if (bodyUnread) {
            invocation.exchange().setPersistent(false);
            // Within a handler's call Undertow would end the exchange behind our back, draining the body first.
            invocation
                    .exchange()
                    .dispatch(
                            SameThreadExecutor.INSTANCE,
                            () -> goOn(invocation.exchange().getResponseChannel()));
        } else {
            goOn(invocation.exchange().getResponseChannel());
        }
    }

    @Override
    public void handleEvent(StreamSinkChannel sink) {
        if (!closed || finished) {
            // Now, since a channel whose exchange has ended cannot be told any more.
            sink.suspendWrites();
            goOn(sink);
        }
    }

    private void goOn(StreamSinkChannel sink) {
        try {
            boolean done = finished ? sink.flush() : write(sink);
            if (done) {
                stopReading();
            } else if (!invocation.stopped()) {
                sink.getWriteSetter().set(this);
                sink.resumeWrites();
            }
        } catch (IOException gone) {
            invocation.clientDisconnected();
        }
    }

    /** Where the request had a body that nobody has asked for. */
    private void stopReading() {
        if (bodyUnread) {
            ServedConnections.of(invocation.exchange()).stopReading(invocation.exchange());
        }
    }

    /** True once nothing is left to be done. */
    private boolean write(StreamSinkChannel sink) throws IOException {
        long most = position + MOST_AT_ONCE;
        while (buffer.hasRemaining() || position < end) {
            if (position >= most || !writePiece(sink)) {
                return false;
            }
        }
        close();
        finished = true;
        sink.shutdownWrites();
        return sink.flush();
    }

    /** False where the client has to read first, or where nobody is to be served any more. */
    private boolean writePiece(StreamSinkChannel sink) throws IOException {
        if (buffer.hasRemaining()) {
            return sink.write(buffer) > 0;
        }
        if (framed || !begun) {
            begun = true;
            return fill();
        }
        return transfer(sink);
    }

    private boolean fill() throws IOException {
        FileChannel from = file;
        if (from == null) {
            return false;
        }
        if (pooled == null) {
            pooled = invocation.exchange().getConnection().getByteBufferPool().allocate();
            buffer = pooled.getBuffer();
        }
        buffer.clear();
        buffer.limit((int) Math.min(buffer.capacity(), end - position));
        int read = from.read(buffer, position);
        buffer.flip();
        return advance(read);
    }

    private boolean transfer(StreamSinkChannel sink) throws IOException {
        FileChannel from = file;
        if (from == null) {
            return false;
        }
        freeBuffer();
        long left = end - position;
        // The last piece by itself: with it the call's place is given back.
        long count = left > LAST_PIECE ? Math.min(left - LAST_PIECE, LONGEST_PIECE) : left;
        long sent = sink.transferFrom(from, position, count);
        if (sent == 0 && from.size() > position) {
            return false;
        }
        return advance(sent);
    }

    /** What has been promised cannot be kept where the file ends before its end: the client is to see that. */
    private boolean advance(long count) {
        if (count <= 0) {
            invocation.abort();
            return false;
        }
        position += count;
        return true;
    }

    private void freeBuffer() {
        if (pooled != null) {
            pooled.close();
            pooled = null;
            buffer = NOTHING;
        }
    }

    private void close() {
        closed = true;
        freeBuffer();
        IoUtils.safeClose(file);
    }
}
