package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSourceChannel;

/**
 * Reads a request body from the client for a handler, one buffer at a time.
 *
 * <p>Threads: the client's I/O thread, except for the methods marked otherwise.
 */
final class RequestBodyReader {
    private final Invocation invocation;
    private final InprocInvocation inproc;
    private final XnioIoThread ioThread;
    private final @Nullable StreamSourceChannel source;
    private final boolean awaitsContinue;
    private final RequestBodyBuffer buffer;
    private final HandlerInterest interest;
    private final AtomicBoolean fillPending = new AtomicBoolean();

    // Mutable state of the I/O thread
    private boolean bodyBegun;

    /** @param source the body, where there is one */
    RequestBodyReader(
            InprocInvocation inproc,
            @Nullable StreamSourceChannel source,
            RequestBodyBuffer buffer,
            HandlerInterest interest) {
        this.invocation = inproc.invocation();
        this.inproc = inproc;
        this.ioThread = invocation.loop().thread();
        this.source = source;
        this.awaitsContinue = HttpContinue.requiresContinueResponse(invocation.exchange());
        this.buffer = buffer;
        this.interest = interest;
        if (source != null) {
            source.getReadSetter().set(readable -> readable());
        }
    }

    /** Reads what has arrived, so that a handler on another thread gets it without waiting. */
    @IoThread
    void prefetch() {
        if (!awaitsContinue) {
            fill();
        }
    }

    /** Schedules a fill of the buffer. Any thread. */
    void fillSoon() {
        if (buffer.open() && fillPending.compareAndSet(false, true)) {
            ioThread.execute(this::fill);
        }
    }

    @IoThread
    private void fill() {
        StreamSourceChannel channel = source;
        if (channel == null) {
            return;
        }
        fillPending.set(false);
        if (!buffer.prepareBuffer()) {
            return;
        }
        int read;
        try {
            read = recordRead(isBodyWithheld() ? RequestBodyBuffer.EOF : buffer.fillFrom(channel));
        } catch (IOException disconnect) {
            invocation.clientDisconnected();
            return;
        }
        if (read == 0) {
            channel.resumeReads();
            return;
        }
        channel.suspendReads();
        if (read < 0) {
            handleEnd();
        }
        interest.notifyHandler();
    }

    /** Reads from the buffer, and from the client where the buffer is empty. */
    @IoThread
    int read(ByteBuffer dst) throws IOException {
        int buffered = buffer.take(dst);
        if (buffered != 0 || source == null) {
            return buffered;
        }
        int read = recordRead(isBodyWithheld() ? RequestBodyBuffer.EOF : source.read(dst));
        if (read < 0) {
            handleEnd();
            return buffer.take(dst);
        }
        return read;
    }

    private int recordRead(int read) {
        bodyBegun |= read > 0;
        return read;
    }

    /** Returns whether the final response came in place of the awaited 100: the client then sends no body. */
    private boolean isBodyWithheld() {
        return awaitsContinue && !bodyBegun && invocation.exchange().isResponseStarted();
    }

    private void handleEnd() {
        HttpServerExchange client = invocation.exchange();
        HeaderMap trailers = client.getAttachment(HttpAttachments.REQUEST_TRAILERS);
        if (trailers != null) {
            inproc.exchange().putAttachment(HttpAttachments.REQUEST_TRAILERS, trailers);
        }
        buffer.end(invocation.stopped());
    }

    /** Reads and drops what still arrives. */
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

    /** Called when the client's side is readable. */
    @IoThread
    private void readable() {
        if (buffer.isReadingStopped()) {
            discard();
        } else if (!interest.notifyHandler()) {
            fill();
        } else if (source != null && !interest.resumed()) {
            source.suspendReads();
        }
    }

    /** Notifies a handler that stays resumed for as long as there are bytes. */
    @IoThread
    void resumed() {
        if (!interest.resumed()) {
            return;
        }
        if (buffer.isReady()) {
            interest.notifyHandler();
            ioThread.execute(this::resumed);
        } else if (source != null) {
            source.resumeReads();
        }
    }
}
