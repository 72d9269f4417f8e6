package dev.fnwatchdog.undertow.internal.files;

import dev.fnwatchdog.undertow.internal.connection.ServedConnections;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.Transitions;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.util.Protocols;
import io.undertow.util.SameThreadExecutor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.channels.StreamSinkChannel;

/**
 * Sends the body of one response: a part of a file, which stays open while it is needed. The first bytes are sent with the
 * head; the kernel copies the rest from the file to the socket, except for HTTP/2, which has to frame it.
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
final class FileTransfer implements ChannelListener<StreamSinkChannel> {
    /** In bytes. What is left when the permit is released; a socket usually accepts as much at once. */
    private static final long LAST_PIECE = 64 * 1024;

    private static final long MAX_PIECE = 1024 * 1024;

    /** In bytes. After as many, the other connections of this thread have their turn. */
    private static final long MAX_PER_TURN = 4 * MAX_PIECE;

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    /** How far the transfer has come. */
    enum State {
        /** The first bytes of a file are to be sent with the head. */
        HEAD,
        /** The head has been sent, or is about to be. */
        BODY,
        /** Everything has been written; the client's socket may not have accepted it yet. */
        WRITTEN,
        /** The response has been aborted. */
        ABORTED;

        private boolean canBecome(State next) {
            return switch (this) {
                case HEAD, BODY -> compareTo(next) < 0;
                case WRITTEN, ABORTED -> false;
            };
        }

        /** Returns {@code next}, which must be a state that may follow this one. */
        State to(State next) {
            return Transitions.checked(this, next, canBecome(next));
        }
    }

    private final Invocation invocation;
    private final boolean framed;
    private final long end;
    private final boolean bodyUnread;

    // Mutable state
    private @Nullable OpenFile file;
    private ByteBuffer buffer;
    private @Nullable PooledByteBuffer pooled;
    private long position;
    private State state = State.HEAD;

    private FileTransfer(Invocation invocation, ByteBuffer content, @Nullable OpenFile file, long from, long end) {
        this.invocation = invocation;
        this.framed = invocation.exchange().getProtocol().equals(Protocols.HTTP_2_0);
        this.buffer = content;
        this.file = file;
        this.position = from;
        this.end = end;
        this.bodyUnread = !invocation.exchange().isRequestComplete();
        invocation.onAbort(this::abort);
    }

    /** Returns a transfer of a response without a body. */
    static FileTransfer withoutBody(Invocation invocation) {
        return new FileTransfer(invocation, EMPTY, null, 0, 0);
    }

    /** @throws IOException where the file cannot be opened */
    static FileTransfer of(Invocation invocation, OpenFiles files, FileVersion version, FileRange range)
            throws IOException {
        byte[] content = version.content();
        if (content == null) {
            OpenFile file = files.open(version, invocation.exchange().getIoThread());
            return new FileTransfer(invocation, EMPTY, file, range.from(), range.end());
        }
        ByteBuffer part = ByteBuffer.wrap(content, (int) range.from(), (int) range.length());
        return new FileTransfer(invocation, part, null, 0, 0);
    }

    /** Sends head and body; until then only header fields may have been set. */
    void begin() {
        if (bodyUnread) {
            invocation.exchange().setPersistent(false);
            // While a handler runs, Undertow would end the exchange itself and drain the request body first.
            invocation
                    .exchange()
                    .dispatch(
                            SameThreadExecutor.INSTANCE,
                            () -> proceed(invocation.exchange().getResponseChannel()));
        } else {
            proceed(invocation.exchange().getResponseChannel());
        }
    }

    @Override
    public void handleEvent(StreamSinkChannel sink) {
        if (state != State.ABORTED) {
            // Suspend first: a channel whose exchange has ended cannot be suspended any more.
            sink.suspendWrites();
            proceed(sink);
        }
    }

    private void proceed(StreamSinkChannel sink) {
        try {
            boolean done = state == State.WRITTEN ? sink.flush() : write(sink);
            if (done) {
                stopReading();
            } else if (!invocation.stopped()) {
                sink.getWriteSetter().set(this);
                sink.resumeWrites();
            }
        } catch (IOException disconnect) {
            invocation.clientDisconnected();
        }
    }

    /** Stops reading a request body that no handler has read. */
    private void stopReading() {
        if (bodyUnread) {
            ServedConnections.of(invocation.exchange()).stopReading(invocation.exchange());
        }
    }

    /** Returns true when nothing remains to be written. */
    private boolean write(StreamSinkChannel sink) throws IOException {
        long turnEnd = position + MAX_PER_TURN;
        while (buffer.hasRemaining() || position < end) {
            if (position >= turnEnd || !writePiece(sink)) {
                return false;
            }
        }
        release();
        if (state != State.ABORTED) {
            state = state.to(State.WRITTEN);
        }
        sink.shutdownWrites();
        return sink.flush();
    }

    /** Returns false where the client has to read first, or where the transfer has ended. */
    private boolean writePiece(StreamSinkChannel sink) throws IOException {
        if (buffer.hasRemaining()) {
            return sink.write(buffer) > 0;
        }
        if (!framed && state != State.HEAD) {
            return transfer(sink);
        }
        if (state == State.HEAD) {
            state = state.to(State.BODY);
        }
        return fill();
    }

    private boolean fill() throws IOException {
        if (file == null) {
            return false;
        }
        if (pooled == null) {
            pooled = invocation.exchange().getConnection().getByteBufferPool().allocate();
            buffer = pooled.getBuffer();
        }
        buffer.clear();
        buffer.limit((int) Math.min(buffer.capacity(), end - position));
        int read = file.channel().read(buffer, position);
        buffer.flip();
        return advance(read);
    }

    private boolean transfer(StreamSinkChannel sink) throws IOException {
        if (file == null) {
            return false;
        }
        FileChannel source = file.channel();
        freeBuffer();
        long left = end - position;
        // The last piece is sent separately: with it the permit is released.
        long count = left > LAST_PIECE ? Math.min(left - LAST_PIECE, MAX_PIECE) : left;
        long sent = sink.transferFrom(source, position, count);
        if (sent == 0 && source.size() > position) {
            return false;
        }
        return advance(sent);
    }

    /** Aborts the response where the file ends early: the client must be able to tell (specification 1.33). */
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
            buffer = EMPTY;
        }
    }

    private void abort() {
        if (state != State.WRITTEN && state != State.ABORTED) {
            state = state.to(State.ABORTED);
        }
        release();
    }

    private void release() {
        freeBuffer();
        if (file != null) {
            file.release();
            file = null;
        }
    }
}
