package dev.fnwatchdog.undertow.internal.inproc;

import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.xnio.XnioIoThread;
import org.xnio.channels.StreamSinkChannel;

/**
 * Sends a handler's answer to the client: head, what is in the buffers, trailers and end, each when the client has room.
 *
 * <p>Threads: the client's IO thread, but for the methods that say otherwise.
 */
final class ResponseSender {
    private final InprocInvocation handled;
    private final XnioIoThread ioThread;
    private final ResponseBuffers buffers;
    private final HandlerInterest interest;
    private final AtomicBoolean drainDue = new AtomicBoolean();
    private final AtomicBoolean flushDue = new AtomicBoolean();

    // Mutable state of the IO thread
    private @Nullable StreamSinkChannel sink;
    private volatile boolean begun;
    private boolean finished;

    ResponseSender(InprocInvocation handled, ResponseBuffers buffers, HandlerInterest interest) {
        this.handled = handled;
        this.ioThread = handled.invocation().loop().thread();
        this.buffers = buffers;
        this.interest = interest;
    }

    /** Whether anything of the answer may have gone out. Any thread. */
    boolean begun() {
        return begun;
    }

    /** Sends what is in the buffers before long. Any thread. */
    void drainSoon() {
        if (!buffers.closed() && drainDue.compareAndSet(false, true)) {
            ioThread.execute(this::drain);
        }
    }

    /** As {@link #drainSoon}, and keeps nothing back below. Any thread. */
    void flushSoon() {
        flushDue.set(true);
        drainSoon();
    }

    void drain() {
        drainDue.set(false);
        if (finished || buffers.stopped()) {
            return;
        }
        try {
            if (sendBuffered()) {
                afterwards();
            } else {
                opened().resumeWrites();
            }
        } catch (IOException gone) {
            handled.sendFailed(gone);
        }
    }

    /** What the handler has written goes out. False where the client has no room for it. */
    private boolean sendBuffered() throws IOException {
        for (PooledByteBuffer next = buffers.next(); next != null; next = buffers.next()) {
            begun = true;
            opened().write(next.getBuffer());
            if (buffers.closed()) {
                // The call has been broken off meanwhile, and the buffer given back.
                return true;
            }
            if (next.getBuffer().hasRemaining()) {
                return false;
            }
            buffers.release();
        }
        return true;
    }

    private void afterwards() throws IOException {
        if (buffers.closed()) {
            return;
        }
        boolean flush = flushDue.getAndSet(false);
        if (buffers.ended()) {
            finish();
        } else if (flush) {
            flushOut();
        }
    }

    private void finish() throws IOException {
        finished = true;
        if (!addTrailers()) {
            return;
        }
        StreamSinkChannel to = opened();
        to.shutdownWrites();
        flushRest(to);
    }

    /** Before the head where that is not out yet: a failure can still become a status. */
    @SuppressWarnings("CatchingUnchecked") // a handler's supplier may throw anything
    private boolean addTrailers() {
        try {
            handled.head().addTrailers();
            return true;
        } catch (Throwable failure) {
            handled.trailersFailed(failure);
            return false;
        }
    }

    private void flushRest(StreamSinkChannel to) throws IOException {
        if (to.flush()) {
            handled.sent();
        } else {
            to.resumeWrites();
        }
    }

    private boolean flushOut() throws IOException {
        StreamSinkChannel to = opened();
        if (!begun) {
            begun = true;
            handled.invocation().flushHead();
            return true;
        }
        if (to.flush()) {
            return true;
        }
        to.resumeWrites();
        return false;
    }

    /** Sends what there is room for, past the buffers, which have to be empty. */
    int send(ByteBuffer src) throws IOException {
        begun = true;
        return opened().write(src);
    }

    /** Sends what has been written and keeps nothing back. False where the client has no room for it. */
    boolean flush() throws IOException {
        flushDue.set(true);
        if (!sendBuffered()) {
            opened().resumeWrites();
            return false;
        }
        flushDue.set(false);
        return flushOut();
    }

    /** The client's side, which has got the head when this returns. */
    private StreamSinkChannel opened() throws IOException {
        if (sink == null) {
            sink = handled.head().open(buffers.completeLength());
            sink.getWriteSetter().set(writable -> writable());
        }
        return sink;
    }

    /** The client's side has room. */
    private void writable() {
        StreamSinkChannel to = sink;
        if (to == null) {
            return;
        }
        to.suspendWrites();
        if (finished) {
            try {
                flushRest(to);
            } catch (IOException gone) {
                handled.sendFailed(gone);
            }
            return;
        }
        drain();
        if (buffers.isEmpty() && interest.notifyHandler() && interest.resumed() && !buffers.closed() && !finished) {
            to.resumeWrites();
        }
    }

    /** The handler wants to be told when there is room. */
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
