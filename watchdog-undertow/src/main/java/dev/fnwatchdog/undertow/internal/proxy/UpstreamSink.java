package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.io.BodySink;
import dev.fnwatchdog.undertow.internal.io.IoLoop;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;

/**
 * Writes a request to the function: the head together with the first piece of the body, in one write. Before there is a
 * connection it accepts nothing. Once the function needs no more, it accepts and discards everything: the writer then reaches
 * its end and releases its buffer.
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
final class UpstreamSink extends BodySink {
    private enum State {
        /** There is no connection. */
        WAITING,
        /** No byte has been written on the connection. */
        CONNECTED,
        /** A part of the head has been written. */
        HEAD,
        BODY,
        /** The whole request has been written; another request may use the connection. */
        SENT,
        /** The connection has failed, which the listener is about to hear. */
        FAILED,
        /** The function needs no more. */
        DISCARDING
    }

    /** Receives the result of sending the request, never within a write, except for {@link #headSent()}. */
    interface Listener {
        /** Called when the whole head has been written. */
        void headSent();

        /** Called when the whole request has been written. */
        void requestSent();

        /**
         * Called when the connection has failed.
         *
         * @param nothingWritten whether the request can be sent on another connection: no byte of it has left
         */
        void sendFailed(IOException reason, boolean nothingWritten);

        /** Called when the writer of the body gives up. */
        void close();
    }

    private final Listener listener;
    private final IoLoop loop;
    private final Supplier<ByteBuffer> head;

    // Mutable state
    private State state = State.WAITING;
    private @Nullable UpstreamConnection upstream;
    private @Nullable ByteBuffer headRest;
    private boolean terminated;

    /** @param head makes the head, in a buffer that the next request overwrites */
    UpstreamSink(Listener listener, IoLoop loop, Supplier<ByteBuffer> head) {
        super(loop.thread());
        this.listener = listener;
        this.loop = loop;
        this.head = head;
    }

    /** Sets the connection; nothing is written yet. */
    void attach(UpstreamConnection connected) {
        if (state == State.WAITING) {
            state = State.CONNECTED;
            upstream = connected;
        }
    }

    /** Removes a connection that is broken: the request starts again on another one. */
    void detach() {
        if (state != State.DISCARDING) {
            state = State.WAITING;
            upstream = null;
            headRest = null;
        }
    }

    /** Continues with a writer that has waited for the connection. */
    void resume() {
        if (isWriteResumed()) {
            // It sends the head together with the first bytes of the body.
            notifyWriter();
            if (isWriteResumed() && upstream != null) {
                upstream.sink().resumeWrites();
            }
        } else {
            sendHead();
        }
    }

    /** Sends the head, unless it has been sent together with the first bytes of the body. */
    void sendHead() {
        if (state == State.CONNECTED) {
            writable();
        }
    }

    /** Returns whether the whole request has been written. */
    boolean sent() {
        return state == State.SENT;
    }

    /** Discards the rest of the request. A writer that waits is notified later: it may be the cause, at this moment. */
    void discard() {
        if (state != State.DISCARDING) {
            state = State.DISCARDING;
            upstream = null;
            headRest = null;
            if (isWriteResumed()) {
                notifyWriterSoon();
            }
        }
    }

    /** Called when the socket has room. */
    void writable() {
        if (!writeHead()) {
            return;
        }
        if (upstream != null && !isWriteResumed()) {
            upstream.sink().suspendWrites();
        }
        notifyWriter();
    }

    @Override
    public long write(ByteBuffer[] srcs, int offs, int len) {
        if (state == State.DISCARDING) {
            return Buffers.trySkip(srcs, offs, len, Long.MAX_VALUE);
        }
        UpstreamConnection connection = upstream;
        if (connection == null) {
            return 0;
        }
        try {
            return state == State.BODY
                    ? connection.sink().write(srcs, offs, len)
                    : writeHeadAnd(connection, srcs, offs, len);
        } catch (IOException e) {
            failed(e);
            return 0;
        }
    }

    private long writeHeadAnd(UpstreamConnection connection, ByteBuffer[] srcs, int offs, int len) throws IOException {
        ByteBuffer first = remainingHead();
        int headSize = first.remaining();
        ByteBuffer[] headAndBody = new ByteBuffer[len + 1];
        headAndBody[0] = first;
        System.arraycopy(srcs, offs, headAndBody, 1, len);
        long written = connection.sink().write(headAndBody, 0, headAndBody.length);
        headWritten(first, written);
        return Math.max(0, written - headSize);
    }

    private ByteBuffer remainingHead() {
        return headRest == null ? head.get() : headRest;
    }

    private void headWritten(ByteBuffer first, long written) {
        if (written <= 0) {
            return;
        }
        if (!first.hasRemaining()) {
            state = State.BODY;
            headRest = null;
            listener.headSent();
        } else if (headRest == null) {
            state = State.HEAD;
            headRest = ByteBuffer.allocate(first.remaining()).put(first).flip();
        }
    }

    private void failed(IOException reason) {
        boolean nothingWritten = state == State.CONNECTED;
        state = State.FAILED;
        if (upstream != null) {
            // A socket that has failed is always writable, and a response may still be read for a while.
            upstream.sink().suspendWrites();
        }
        upstream = null;
        loop.later(() -> {
            if (state == State.FAILED) {
                listener.sendFailed(reason, nothingWritten);
            }
        });
    }

    /** Returns true unless the head of a request without further bytes is still to be written. */
    @Override
    public boolean flush() {
        return !terminated || writeHead();
    }

    /** Returns true once the head has been written, or need not be. */
    private boolean writeHead() {
        UpstreamConnection connection = upstream;
        if (connection == null) {
            return state == State.DISCARDING || state == State.SENT;
        }
        try {
            while (state != State.BODY) {
                ByteBuffer first = remainingHead();
                int written = connection.sink().write(first);
                headWritten(first, written);
                if (written == 0) {
                    connection.sink().resumeWrites();
                    return false;
                }
            }
        } catch (IOException e) {
            failed(e);
            return false;
        }
        endIfComplete();
        return true;
    }

    private void endIfComplete() {
        if (terminated && state == State.BODY) {
            state = State.SENT;
            if (upstream != null && isWriteResumed()) {
                upstream.sink().suspendWrites();
            }
            upstream = null;
            listener.requestSent();
        }
    }

    @Override
    public void terminateWrites() {
        terminated = true;
        endIfComplete();
    }

    @Override
    public void truncateWrites() {
        listener.close();
    }

    @Override
    public boolean isWriteShutdown() {
        return terminated;
    }

    @Override
    public void resumeWrites() {
        super.resumeWrites();
        if (upstream != null) {
            upstream.sink().resumeWrites();
        } else if (state == State.DISCARDING || state == State.SENT) {
            notifyWriterSoon();
        }
    }

    @Override
    public void suspendWrites() {
        super.suspendWrites();
        if (upstream != null && state == State.BODY) {
            upstream.sink().suspendWrites();
        }
    }
}
