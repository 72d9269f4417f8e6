package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSinkChannel;

/**
 * Sends a handler's response to the client: head, buffers, trailers and end, as the client accepts them.
 *
 * <p>Threads: the client's I/O thread, except for the methods marked otherwise.
 */
final class ResponseSender {
    private final InprocInvocation inproc;
    private final XnioIoThread ioThread;
    private final ResponseBuffers buffers;
    private final HandlerInterest interest;
    private final AtomicBoolean drainPending = new AtomicBoolean();
    private final AtomicBoolean flushPending = new AtomicBoolean();

    // Mutable state of the I/O thread
    private @Nullable StreamSinkChannel sink;
    private volatile boolean begun;
    private boolean finished;

    ResponseSender(InprocInvocation inproc, ResponseBuffers buffers, HandlerInterest interest) {
        this.inproc = inproc;
        this.ioThread = inproc.invocation().loop().thread();
        this.buffers = buffers;
        this.interest = interest;
    }

    /** Returns whether sending of the response has begun. Any thread. */
    boolean begun() {
        return begun;
    }

    /** Schedules the sending of the buffers. Any thread. */
    void drainSoon() {
        if (!buffers.closed() && drainPending.compareAndSet(false, true)) {
            ioThread.execute(this::drain);
        }
    }

    /** Schedules the sending of the buffers and a flush of the client's side. Any thread. */
    void flushSoon() {
        flushPending.set(true);
        drainSoon();
    }

    @IoThread
    void drain() {
        drainPending.set(false);
        if (finished || buffers.stopped()) {
            return;
        }
        try {
            if (sendBuffered()) {
                afterDrain();
            } else {
                openedSink().resumeWrites();
            }
        } catch (IOException failure) {
            inproc.sendFailed(failure);
        }
    }

    /** Sends the handler's output. Returns false where the client accepts no more. */
    private boolean sendBuffered() throws IOException {
        for (PooledByteBuffer next = buffers.next(); next != null; next = buffers.next()) {
            begun = true;
            openedSink().write(next.getBuffer());
            if (buffers.closed()) {
                // The request was aborted meanwhile, and the buffer was released.
                return true;
            }
            if (next.getBuffer().hasRemaining()) {
                return false;
            }
            buffers.release();
        }
        return true;
    }

    private void afterDrain() throws IOException {
        if (buffers.closed()) {
            return;
        }
        boolean flush = flushPending.getAndSet(false);
        if (buffers.ended()) {
            finish();
        } else if (flush) {
            flushSink();
        }
    }

    private void finish() throws IOException {
        finished = true;
        if (!addTrailers()) {
            return;
        }
        StreamSinkChannel clientSink = openedSink();
        clientSink.shutdownWrites();
        flushRest(clientSink);
    }

    /** Runs before the head where that was not sent yet: a failure can still become a status. */
    @SuppressWarnings("CatchingUnchecked") // a handler's supplier may throw anything
    private boolean addTrailers() {
        try {
            inproc.head().addTrailers();
            return true;
        } catch (Throwable failure) {
            inproc.trailersFailed(failure);
            return false;
        }
    }

    private void flushRest(StreamSinkChannel clientSink) throws IOException {
        if (clientSink.flush()) {
            inproc.sent();
        } else {
            clientSink.resumeWrites();
        }
    }

    private boolean flushSink() throws IOException {
        StreamSinkChannel clientSink = openedSink();
        if (!begun) {
            begun = true;
            inproc.invocation().flushHead();
            return true;
        }
        if (clientSink.flush()) {
            return true;
        }
        clientSink.resumeWrites();
        return false;
    }

    /** Sends as much as the client accepts, past the buffers, which must be empty. */
    @IoThread
    int send(ByteBuffer src) throws IOException {
        begun = true;
        return openedSink().write(src);
    }

    /** Sends the output and flushes the client's side. Returns false where the client accepts no more. */
    @IoThread
    boolean flush() throws IOException {
        flushPending.set(true);
        if (!sendBuffered()) {
            openedSink().resumeWrites();
            return false;
        }
        flushPending.set(false);
        return flushSink();
    }

    /** Returns the client's side; begins the response where it has not begun. */
    private StreamSinkChannel openedSink() throws IOException {
        if (sink == null) {
            sink = inproc.head().open(buffers.completeLength());
            sink.getWriteSetter().set(writable -> writable());
        }
        return sink;
    }

    /** Called when the client's side is writable. */
    private void writable() {
        StreamSinkChannel clientSink = sink;
        if (clientSink == null) {
            return;
        }
        clientSink.suspendWrites();
        if (finished) {
            try {
                flushRest(clientSink);
            } catch (IOException failure) {
                inproc.sendFailed(failure);
            }
            return;
        }
        drain();
        if (buffers.isEmpty() && interest.notifyHandler() && interest.resumed() && !buffers.closed() && !finished) {
            clientSink.resumeWrites();
        }
    }

    /** Notifies a handler that has resumed when the client accepts more. */
    @IoThread
    void resumed() {
        if (buffers.closed() || !interest.resumed()) {
            return;
        }
        if (sink != null) {
            sink.resumeWrites();
        } else {
            interest.notifyHandler();
            ioThread.execute(this::resumed);
        }
    }
}
