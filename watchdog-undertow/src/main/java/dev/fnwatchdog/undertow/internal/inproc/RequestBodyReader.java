package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.invocation.Invocation;
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
 * Reads a request's body from the client for a handler: into the buffer, and no more before that has been taken.
 *
 * <p>Threads: the client's IO thread, but for the methods that say otherwise.
 */
final class RequestBodyReader {
    private final Invocation invocation;
    private final InprocInvocation handled;
    private final XnioIoThread ioThread;
    private final @Nullable StreamSourceChannel source;
    private final boolean clientWaits;
    private final RequestBodyBuffer buffer;
    private final HandlerInterest interest;
    private final AtomicBoolean fillDue = new AtomicBoolean();

    // Mutable state of the IO thread
    private boolean begun;

    /** @param source the body, where there is one */
    RequestBodyReader(
            InprocInvocation handled,
            @Nullable StreamSourceChannel source,
            RequestBodyBuffer buffer,
            HandlerInterest interest) {
        this.invocation = handled.invocation();
        this.handled = handled;
        this.ioThread = invocation.loop().thread();
        this.source = source;
        this.clientWaits = HttpContinue.requiresContinueResponse(invocation.exchange());
        this.buffer = buffer;
        this.interest = interest;
        if (source != null) {
            source.getReadSetter().set(readable -> readable());
        }
    }

    /** Reads what has come already, so that a handler on another thread need not wait for this one. */
    void prefetch() {
        if (!clientWaits) {
            fill();
        }
    }

    /** Fills the buffer before long. Any thread. */
    void fillSoon() {
        if (buffer.open() && fillDue.compareAndSet(false, true)) {
            ioThread.execute(this::fill);
        }
    }

    private void fill() {
        StreamSourceChannel from = source;
        if (from == null) {
            return;
        }
        fillDue.set(false);
        if (!buffer.prepareBuffer()) {
            return;
        }
        int read;
        try {
            read = begun(cameTooLate() ? RequestBodyBuffer.EOF : buffer.fillFrom(from));
        } catch (IOException gone) {
            invocation.clientDisconnected();
            return;
        }
        if (read == 0) {
            from.resumeReads();
            return;
        }
        from.suspendReads();
        if (read < 0) {
            sawEnd();
        }
        interest.notifyHandler();
    }

    /** What the buffer has, or else what the client has sent. */
    int read(ByteBuffer dst) throws IOException {
        int waiting = buffer.take(dst);
        if (waiting != 0 || source == null) {
            return waiting;
        }
        int read = begun(cameTooLate() ? RequestBodyBuffer.EOF : source.read(dst));
        if (read < 0) {
            sawEnd();
            return buffer.take(dst);
        }
        return read;
    }

    private int begun(int read) {
        begun |= read > 0;
        return read;
    }

    /** Whether a client that waited for a word has got the answer in its place: he sends nothing then. */
    private boolean cameTooLate() {
        return clientWaits && !begun && invocation.exchange().isResponseStarted();
    }

    private void sawEnd() {
        HttpServerExchange client = invocation.exchange();
        HeaderMap trailers = client.getAttachment(HttpAttachments.REQUEST_TRAILERS);
        if (trailers != null) {
            handled.exchange().putAttachment(HttpAttachments.REQUEST_TRAILERS, trailers);
        }
        buffer.end(invocation.stopped());
    }

    /** Whatever still comes is read for nobody. */
    void discard() {
        StreamSourceChannel from = source;
        if (from == null) {
            return;
        }
        buffer.stopReading();
        try (PooledByteBuffer scratch =
                invocation.exchange().getConnection().getByteBufferPool().allocate()) {
            int read = 1;
            while (read > 0) {
                read = from.read(scratch.getBuffer().clear());
            }
            if (read == 0) {
                from.resumeReads();
            }
        } catch (IOException gone) {
            invocation.clientDisconnected();
        }
    }

    /** The client's side has something. */
    private void readable() {
        if (buffer.isReadingStopped()) {
            discard();
        } else if (!interest.notifyHandler()) {
            fill();
        } else if (source != null && !interest.resumed()) {
            source.suspendReads();
        }
    }

    /** The handler wants to be told as long as there is something to tell. */
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
