package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.inproc.servlet.FormTooLargeException;
import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoBuffers;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.UndertowMessages;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSinkChannel;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.ConduitReadableByteChannel;
import org.xnio.conduits.ReadReadyHandler;
import org.xnio.conduits.StreamSourceConduit;

/**
 * The request body as a handler reads it. The client's side is read only on its I/O thread, into one buffer, and no more is read
 * until the handler has taken that.
 *
 * <p>Threads: any for the handler's side.
 */
final class InprocRequestBody extends HandlerSide implements StreamSourceConduit {
    private final InprocInvocation inproc;
    private final Invocation invocation;
    private final @Nullable StreamSourceChannel source;
    private final boolean awaitsContinue;
    private final RequestBodyBuffer buffer;
    private final AtomicBoolean endReported = new AtomicBoolean();
    private final AtomicReference<@Nullable HeldForm> form = new AtomicReference<>();

    // Mutable state of the handler
    private volatile long count;
    // Mutable state of the I/O thread
    private boolean begun;

    /** Requires an exchange whose request body has no other reader. */
    InprocRequestBody(InprocInvocation inproc) {
        super(inproc.invocation().loop());
        this.inproc = inproc;
        this.invocation = inproc.invocation();
        HttpServerExchange client = invocation.exchange();
        this.source = client.isRequestComplete() ? null : client.getRequestChannel();
        this.awaitsContinue = HttpContinue.requiresContinueResponse(client);
        this.buffer = new RequestBodyBuffer(
                isLarge(client)
                        ? invocation.loop().largeBuffers()
                        : client.getConnection().getByteBufferPool(),
                source == null);
        if (source != null) {
            source.getReadSetter().set(this::readable);
        }
    }

    /** A body without a length may be large. */
    private static boolean isLarge(HttpServerExchange client) {
        long length = client.getRequestContentLength();
        return length < 0 || length > IoBuffers.USUAL_SIZE;
    }

    private void readable(StreamSourceChannel channel) {
        if (buffer.state() == RequestBodyBuffer.State.STOPPED) {
            discard();
        } else {
            moveAndNotify();
        }
    }

    /** Reads what has arrived, so that a handler on another thread gets it without waiting. I/O thread. */
    @IoThread
    void prefetch() {
        if (!awaitsContinue) {
            move();
        }
    }

    @Override
    @IoThread
    void move() {
        StreamSourceChannel channel = source;
        if (channel == null || buffer.isReady()) {
            return;
        }
        try {
            int read = isWithheld() ? RequestBodyBuffer.EOF : buffer.fillFrom(channel);
            if (read == 0) {
                channel.resumeReads();
                return;
            }
            begun = true;
            channel.suspendReads();
            if (read < 0) {
                handleEnd();
            }
        } catch (IOException disconnect) {
            invocation.clientDisconnected();
        }
    }

    /** Returns whether the final response came in place of the awaited 100: the client then sends no body. */
    private boolean isWithheld() {
        return awaitsContinue && !begun && invocation.exchange().isResponseStarted();
    }

    private void handleEnd() {
        HeaderMap trailers = invocation.exchange().getAttachment(HttpAttachments.REQUEST_TRAILERS);
        if (trailers != null) {
            inproc.exchange().putAttachment(HttpAttachments.REQUEST_TRAILERS, trailers);
        }
        if (invocation.stopped()) {
            // The request has ended, and not the body.
            buffer.close();
        } else {
            buffer.complete();
        }
    }

    @Override
    boolean ready() {
        return buffer.isReady();
    }

    /** Reserves memory for what the handler reads from now on. Any thread. */
    void hold(HeldForm held) {
        form.set(held);
        if (buffer.isClosed()) {
            held.release();
        }
    }

    /** Called when the handler has responded and reads no more. */
    void stopReading() {
        buffer.stopReading();
    }

    /** Reads and drops what still arrives. I/O thread. */
    @IoThread
    void discard() {
        StreamSourceChannel channel = source;
        if (channel == null) {
            return;
        }
        buffer.stopReading();
        try (PooledByteBuffer scratch =
                invocation.exchange().getConnection().getByteBufferPool().allocate()) {
            int read = 1;
            while (read > 0) {
                read = channel.read(scratch.getBuffer().clear());
            }
            if (read == 0) {
                channel.resumeReads();
            }
        } catch (IOException disconnect) {
            invocation.clientDisconnected();
        }
    }

    /** Ends the body with the request, and notifies a handler that waits for bytes. I/O thread. */
    @IoThread
    void close() {
        buffer.close();
        notifyLastTime();
        HeldForm held = form.get();
        if (held != null) {
            held.release();
        }
    }

    @Override
    public int read(ByteBuffer dst) throws IOException {
        int start = dst.position();
        int read = buffer.take(dst);
        if (read == 0) {
            moveSoon();
            read = buffer.take(dst);
        }
        if (read == RequestBodyBuffer.EOF) {
            reportEnd();
            return RequestBodyBuffer.EOF;
        }
        count(dst.duplicate().flip().position(start));
        return read;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // single reader
    private void count(ByteBuffer piece) throws IOException {
        count += piece.remaining();
        long max = inproc.exchange().getMaxEntitySize();
        if (max > 0 && count > max) {
            throw UndertowMessages.MESSAGES.requestEntityWasTooLarge(max);
        }
        HeldForm held = form.get();
        if (held != null && !held.received(piece)) {
            throw new FormTooLargeException();
        }
    }

    private void reportEnd() {
        if (endReported.compareAndSet(false, true)) {
            Connectors.terminateRequest(inproc.exchange());
        }
    }

    @Override
    public long read(ByteBuffer[] dsts, int offs, int len) throws IOException {
        for (int i = offs; i < offs + len; i++) {
            if (dsts[i].hasRemaining()) {
                return read(dsts[i]);
            }
        }
        return 0;
    }

    @Override
    public long transferTo(long position, long max, FileChannel target) throws IOException {
        return target.transferFrom(new ConduitReadableByteChannel(this), position, max);
    }

    @Override
    public long transferTo(long max, ByteBuffer throughBuffer, StreamSinkChannel target) throws IOException {
        return IoUtils.transfer(new ConduitReadableByteChannel(this), max, throughBuffer, target);
    }

    @Override
    public void terminateReads() {
        stopReading();
        reportEnd();
    }

    @Override
    public boolean isReadShutdown() {
        return buffer.isClosed() || endReported.get();
    }

    @Override
    public void resumeReads() {
        resume();
    }

    @Override
    public void suspendReads() {
        suspend();
    }

    @Override
    public void wakeupReads() {
        wakeUp();
    }

    @Override
    public boolean isReadResumed() {
        return resumed();
    }

    @Override
    public void awaitReadable() throws IOException {
        awaitReadable(0, TimeUnit.MILLISECONDS);
    }

    @Override
    public void awaitReadable(long time, TimeUnit unit) throws IOException {
        if (!buffer.isReady()) {
            moveSoon();
            buffer.awaitReady(unit.toMillis(time));
        }
    }

    @Override
    public XnioIoThread getReadThread() {
        return ioThread();
    }

    @Override
    public void setReadReadyHandler(ReadReadyHandler ready) {
        handler(ready::readReady);
    }
}
