package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FrameType;
import dev.fnwatchdog.undertow.internal.io.BodySink;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.Transitions;
import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;

/**
 * Sends the message of one stream: head, body and trailers. The head is sent with the first piece of the body or by {@link
 * #flush()}; the body as DATA frames within the windows of stream and connection.
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
public final class StreamSink extends BodySink {
    enum State {
        /** The head was not sent yet. */
        HEAD,
        BODY,
        /** END_STREAM was written; it may not have reached the socket yet. */
        ENDED,
        /** The end has reached the socket. */
        SENT,
        ABORTED;

        private boolean canBecome(State next) {
            return switch (this) {
                case HEAD -> next == BODY || next == ENDED || next == ABORTED;
                case BODY -> next == ENDED || next == ABORTED;
                case ENDED -> next == SENT || next == ABORTED;
                case SENT, ABORTED -> false;
            };
        }

        /** Returns {@code next}, which must be a state that may follow this one. */
        State to(State next) {
            return Transitions.checked(this, next, canBecome(next));
        }
    }

    private final Http2Connection connection;
    private final Http2Stream stream;
    private final StreamUser user;

    // Mutable state
    private State state = State.HEAD;
    private @Nullable Runnable waiter;
    private long lastByte;
    // A flush was incomplete, and the writer waits for it to complete, not for window space.
    private boolean flushing;

    StreamSink(Http2Connection connection, Http2Stream stream, StreamUser user) {
        super(connection.thread());
        this.connection = connection;
        this.stream = stream;
        this.user = user;
    }

    /** Sends the head, unless it was sent. */
    public void begin() {
        if (state == State.HEAD) {
            state = state.to(State.BODY);
            user.writeHead(connection.frames(), stream.id(), false);
            lastByte = connection.output().end();
        }
    }

    private void requireOpen() throws IOException {
        if (state != State.HEAD && state != State.BODY) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        requireOpen();
        // Who writes waits for window space, and no longer for what an earlier flush left.
        flushing = false;
        if (state == State.HEAD && connection.output().isFull()) {
            return 0;
        }
        begin();
        int length = src.remaining();
        if (!user.hasBody()) {
            src.position(src.limit());
            return length;
        }
        while (src.hasRemaining() && state == State.BODY) {
            int size = (int) Math.min(Math.min(src.remaining(), FrameType.MAX_PAYLOAD), sendable());
            if (size <= 0) {
                break;
            }
            int limit = src.limit();
            src.limit(src.position() + size);
            connection.writeData(stream, src);
            src.limit(limit);
        }
        requireOpen();
        lastByte = connection.output().end();
        connection.flushSoon();
        return length - src.remaining();
    }

    /** Returns how many bytes of DATA can be sent now. */
    private long sendable() {
        return connection.output().isFull()
                ? 0
                : Math.min(stream.sendWindow().size(), connection.sendWindow().size());
    }

    @Override
    public long write(ByteBuffer[] srcs, int offset, int length) throws IOException {
        long written = 0;
        for (int i = offset; i < offset + length; i++) {
            if (srcs[i].hasRemaining()) {
                written += write(srcs[i]);
                if (srcs[i].hasRemaining()) {
                    break;
                }
            }
        }
        return written;
    }

    @Override
    public void terminateWrites() throws IOException {
        if (state == State.ENDED || state == State.SENT) {
            return;
        }
        requireOpen();
        end();
    }

    /** Sends the end of the message, behind its head where that was not sent. */
    public void end() {
        end(user.trailers());
    }

    /** Sends the end of the message with other trailers than its own. */
    void end(HeaderMap trailers) {
        boolean bodiless = state == State.HEAD;
        boolean hasTrailers = trailers.size() > 0 && user.hasBody();
        state = state.to(State.ENDED);
        if (bodiless && !hasTrailers) {
            user.writeHead(connection.frames(), stream.id(), true);
        } else {
            if (bodiless) {
                user.writeHead(connection.frames(), stream.id(), false);
            }
            if (hasTrailers) {
                connection.frames().trailers(stream.id(), trailers);
            } else {
                connection.frames().end(stream.id());
            }
        }
        lastByte = connection.output().end();
        connection.flushSoon();
        stream.ended();
    }

    @Override
    public boolean flush() throws IOException {
        if (state == State.ABORTED) {
            throw new ClosedChannelException();
        }
        if (state == State.HEAD && connection.output().isFull()) {
            connection.flush();
            if (connection.output().isFull()) {
                return false;
            }
        }
        begin();
        connection.flush();
        if (state == State.ABORTED) {
            throw new ClosedChannelException();
        }
        flushing = !connection.output().isFlushed(lastByte);
        endIfFlushed();
        return !flushing;
    }

    /** Reports the message as sent where its end was written and has reached the socket. */
    void endIfFlushed() {
        if (state == State.ENDED && connection.output().isFlushed(lastByte)) {
            state = state.to(State.SENT);
            user.sent();
        }
    }

    void abort() {
        if (state != State.SENT && state != State.ABORTED) {
            state = state.to(State.ABORTED);
            notifyWriterSoon();
        }
    }

    /** Returns whether the writer could make progress. */
    boolean isWritable() {
        return switch (state) {
            case HEAD -> !connection.output().isFull();
            case BODY -> flushing ? connection.output().isFlushed(lastByte) : sendable() > 0;
            case ENDED -> connection.output().isFlushed(lastByte);
            case SENT, ABORTED -> false;
        };
    }

    /** Runs {@code action} once when a writer could make progress, or when the message has been aborted. */
    void whenWritable(Runnable action) {
        waiter = action;
        notifyWhenWritable();
    }

    @Override
    public void resumeWrites() {
        super.resumeWrites();
        notifyWhenWritable();
    }

    private void notifyWhenWritable() {
        if (state == State.ABORTED) {
            notifyWriterSoon();
        } else {
            scheduleNotification();
        }
    }

    /** Schedules the next notification of a writer: when it can make progress. */
    private void scheduleNotification() {
        if (isWritable()) {
            notifyWriterSoon();
        } else if (isBlocked()) {
            connection.blocked().add(this);
        }
    }

    /** Notifies the writer from the I/O thread's queue alone. */
    @Override
    public void wakeupWrites() {
        super.resumeWrites();
        notifyWriterSoon();
    }

    /** Returns whether the writer waits for window space or the socket. */
    boolean isBlocked() {
        return (isWriteResumed() || waiter != null) && state != State.SENT && state != State.ABORTED && !isWritable();
    }

    /** Called when a window or the socket may have space again. */
    void notifyIfWritable() {
        if (isWritable()) {
            notifyWriter();
        }
    }

    @Override
    protected void notifyWriter() {
        Runnable action = waiter;
        waiter = null;
        // The writer first: if the waiter sent the message's last byte, the writer would not be notified of it.
        super.notifyWriter();
        if (action != null) {
            action.run();
        }
        if (isWriteResumed()) {
            scheduleNotification();
        }
    }

    /** Aborts the message: a reset tells the peer that it is incomplete (RFC 9113 8.1). */
    @Override
    public void truncateWrites() {
        if (state == State.HEAD || state == State.BODY) {
            stream.reset(ErrorCode.CANCEL);
        }
    }

    @Override
    public boolean isWriteShutdown() {
        return state != State.HEAD && state != State.BODY;
    }
}
