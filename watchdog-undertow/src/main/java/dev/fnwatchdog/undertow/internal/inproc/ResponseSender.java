package dev.fnwatchdog.undertow.internal.inproc;

import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.Transitions;
import io.undertow.connector.PooledByteBuffer;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.xnio.channels.StreamSinkChannel;

/**
 * Sends a handler's response to the client: head, buffers, trailers and end, as the client accepts them.
 *
 * <p>Threads: the client's I/O thread, except for the methods marked otherwise.
 */
final class ResponseSender {
    /** What the client's side has been given. Each state can be followed by any later one. */
    enum State {
        UNSENT,
        /** The head, and maybe a part of the body. */
        BEGUN,
        /** All, which it may still have to send. */
        ENDED,
        /** Nothing more: it has sent all, or the end cannot be sent. */
        DONE;

        private boolean canBecome(State next) {
            return compareTo(next) < 0;
        }

        /** Returns {@code next}, which must be a state that may follow this one. */
        State to(State next) {
            return Transitions.checked(this, next, canBecome(next));
        }
    }

    private final InprocInvocation inproc;
    private final ResponseBuffers buffers;
    private final Runnable onWritable;
    private final AtomicBoolean flushWanted = new AtomicBoolean();

    // Mutable state
    private @Nullable StreamSinkChannel sink;
    private volatile State state = State.UNSENT;

    /** @param onWritable calls {@link #drain}, and lets the handler continue */
    ResponseSender(InprocInvocation inproc, ResponseBuffers buffers, Runnable onWritable) {
        this.inproc = inproc;
        this.buffers = buffers;
        this.onWritable = onWritable;
    }

    /** Returns whether sending of the response has begun. Any thread. */
    boolean begun() {
        return state != State.UNSENT;
    }

    /** Lets the next {@link #drain} flush the client's side, too. Any thread. */
    void requestFlush() {
        flushWanted.set(true);
    }

    /** Sends what the client accepts; then {@code onWritable} is called when it accepts more. */
    @IoThread
    void drain() {
        try {
            if (state == State.ENDED) {
                finish();
            } else if (state != State.DONE && buffers.state().isSent()) {
                // Asked first: what the handler adds after the last buffer was sent has a call of its own.
                boolean complete = buffers.state().isComplete();
                if (sendBuffered()) {
                    endOrFlush(complete);
                }
            }
        } catch (IOException failure) {
            inproc.sendFailed(failure);
        }
    }

    private void endOrFlush(boolean complete) throws IOException {
        if (complete) {
            end();
        } else if (flushWanted.getAndSet(false)) {
            flush();
        }
    }

    /** Returns false where the client accepts no more, or the request was aborted. */
    private boolean sendBuffered() throws IOException {
        for (PooledByteBuffer next = buffers.next(); next != null; next = buffers.next()) {
            markBegun();
            StreamSinkChannel clientSink = openedSink();
            clientSink.write(next.getBuffer());
            if (buffers.state().isClosed()) {
                // The buffer was released.
                return false;
            }
            if (next.getBuffer().hasRemaining()) {
                clientSink.resumeWrites();
                return false;
            }
            buffers.release();
        }
        return true;
    }

    private void markBegun() {
        if (state == State.UNSENT) {
            state = state.to(State.BEGUN);
        }
    }

    private void flush() throws IOException {
        if (state == State.UNSENT) {
            markBegun();
            openedSink();
            inproc.invocation().flushHead();
        } else if (!openedSink().flush()) {
            requestFlush();
            openedSink().resumeWrites();
        }
    }

    private void end() throws IOException {
        if (addTrailers()) {
            state = state.to(State.ENDED);
            openedSink().shutdownWrites();
            finish();
        } else {
            state = state.to(State.DONE);
        }
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

    private void finish() throws IOException {
        StreamSinkChannel clientSink = openedSink();
        if (clientSink.flush()) {
            state = state.to(State.DONE);
            inproc.sent();
        } else {
            clientSink.resumeWrites();
        }
    }

    /** Returns the client's side; begins the response where it has not begun. */
    private StreamSinkChannel openedSink() throws IOException {
        if (sink == null) {
            sink = inproc.head().open(buffers.completeLength());
            sink.getWriteSetter().set(writable -> {
                writable.suspendWrites();
                onWritable.run();
            });
        }
        return sink;
    }
}
