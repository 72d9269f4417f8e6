package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FrameType;
import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.ConduitWritableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.WriteReadyHandler;

/**
 * The message that is sent on one stream: its head, which goes out with the first piece of the body or by {@link #flush()}, the
 * body as DATA frames within the windows of stream and connection, and the trailers.
 *
 * <p>Threads: the connection's I/O thread.
 */
final class StreamSink implements StreamSinkConduit {
    private enum State {
        /** The head was not sent yet. */
        HEAD,
        BODY,
        /** END_STREAM was written; it may still wait for the socket. */
        ENDED,
        /** The end has reached the socket. */
        SENT,
        ABORTED
    }

    /** What is sent before and behind the body. */
    interface Message {
        int status();

        HeaderMap fields();

        /** Whether body bytes are sent, and not dropped (HEAD, 204, 304). */
        boolean hasBody();

        /** Asked for when the body is complete; empty where there are none. */
        HeaderMap trailers();
    }

    private final Http2Connection connection;
    private final Http2Stream stream;
    private final Message message;

    // Mutable state
    private State state = State.HEAD;
    private @Nullable WriteReadyHandler ready;
    private boolean resumed;
    private boolean wakeupDue;
    private long lastByte;
    // A flush was not complete, and the writer waits for that, not for room.
    private boolean flushing;

    StreamSink(Http2Connection connection, Http2Stream stream, Message message) {
        this.connection = connection;
        this.stream = stream;
        this.message = message;
    }

    private void begin() {
        if (state == State.HEAD) {
            state = State.BODY;
            connection.frames().head(stream.id(), message.status(), message.fields());
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
        if (state == State.HEAD && connection.output().isFull()) {
            return 0;
        }
        begin();
        int length = src.remaining();
        if (!message.hasBody()) {
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

    /** How many bytes of DATA can be sent now. */
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
    public int writeFinal(ByteBuffer src) throws IOException {
        return Conduits.writeFinalBasic(this, src);
    }

    @Override
    public long writeFinal(ByteBuffer[] srcs, int offset, int length) throws IOException {
        return Conduits.writeFinalBasic(this, srcs, offset, length);
    }

    @Override
    public long transferFrom(FileChannel src, long position, long count) throws IOException {
        return src.transferTo(position, count, new ConduitWritableByteChannel(this));
    }

    @Override
    public long transferFrom(StreamSourceChannel source, long count, ByteBuffer throughBuffer) throws IOException {
        return IoUtils.transfer(source, count, throughBuffer, new ConduitWritableByteChannel(this));
    }

    @Override
    public void terminateWrites() throws IOException {
        if (state == State.ENDED || state == State.SENT) {
            return;
        }
        requireOpen();
        boolean bodiless = state == State.HEAD;
        HeaderMap trailers = message.trailers();
        boolean hasTrailers = trailers.size() > 0 && message.hasBody();
        state = State.ENDED;
        if (bodiless && !hasTrailers) {
            connection.frames().headAlone(stream.id(), message.status(), message.fields());
        } else {
            if (bodiless) {
                connection.frames().head(stream.id(), message.status(), message.fields());
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

    /** Its end was written; where it has reached the socket, the message is sent. */
    void endIfFlushed() {
        if (state == State.ENDED && connection.output().isFlushed(lastByte)) {
            state = State.SENT;
            stream.listener().sent();
        }
    }

    void abort() {
        if (state != State.SENT && state != State.ABORTED) {
            state = State.ABORTED;
            notifyWriter();
        }
    }

    /** Whether a call of the writer could get anywhere. */
    boolean isWritable() {
        return switch (state) {
            case HEAD -> !connection.output().isFull();
            case BODY -> flushing ? connection.output().isFlushed(lastByte) : sendable() > 0;
            case ENDED -> connection.output().isFlushed(lastByte);
            case SENT, ABORTED -> false;
        };
    }

    /** Whether the writer waits for room. */
    boolean isBlocked() {
        return resumed && state != State.SENT && state != State.ABORTED && !isWritable();
    }

    /** Windows or the socket may have room again. */
    void notifyIfWritable() {
        if (resumed && isWritable()) {
            notifyWriter();
        }
    }

    private void notifyWriter() {
        if (resumed && ready != null) {
            ready.writeReady();
            if (resumed) {
                awaitRoom();
            }
        }
    }

    /** A writer that stays resumed is called each time that it can get on. */
    private void awaitRoom() {
        if (isWritable()) {
            wakeSoon();
        } else if (isBlocked()) {
            connection.blocked().add(this);
        }
    }

    private void wakeSoon() {
        if (!wakeupDue) {
            wakeupDue = true;
            connection.thread().execute(this::wake);
        }
    }

    private void wake() {
        wakeupDue = false;
        notifyWriter();
    }

    @Override
    public void resumeWrites() {
        resumed = true;
        if (state == State.ABORTED) {
            wakeSoon();
        } else {
            awaitRoom();
        }
    }

    @Override
    public void wakeupWrites() {
        resumed = true;
        wakeSoon();
    }

    @Override
    public void suspendWrites() {
        resumed = false;
    }

    @Override
    public boolean isWriteResumed() {
        return resumed;
    }

    /** Gives up before the end: the peer is to see that (RFC 9113, section 8.1). */
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

    @Override
    public void awaitWritable() {
        throw new UnsupportedOperationException("streams are written on their I/O thread");
    }

    @Override
    public void awaitWritable(long time, TimeUnit timeUnit) {
        awaitWritable();
    }

    @Override
    public XnioIoThread getWriteThread() {
        return connection.thread();
    }

    @Override
    public void setWriteReadyHandler(WriteReadyHandler handler) {
        ready = handler;
    }

    @Override
    public XnioWorker getWorker() {
        return connection.thread().getWorker();
    }
}
