package dev.fnwatchdog.undertow.internal.proxy;

import io.undertow.server.HttpServerExchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.IoUtils;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.ConduitWritableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.WriteReadyHandler;

/**
 * Writes a request to the function: the head together with the first piece of the body, in one write. Before there is a
 * connection it accepts nothing. Once the function needs no more, or the request has ended, it accepts and discards
 * everything: the writer then reaches its end and frees its buffer.
 *
 * <p>Threads: the exchange's I/O thread.
 */
final class UpstreamSink implements StreamSinkConduit {
    private final UpstreamExchange upstreamExchange;
    private final HttpServerExchange exchange;
    private final RequestHeadWriter headWriter;
    private final UpstreamAddress address;

    // Mutable state
    private @Nullable UpstreamConnection upstream;
    private boolean chunked;
    private @Nullable ByteBuffer headRest;
    private @Nullable WriteReadyHandler writeHandler;
    private boolean headBegun;
    private boolean bodyBegun;
    private boolean writesResumed;
    private boolean notifying;
    private boolean terminated;
    private boolean discarding;
    private boolean done;

    UpstreamSink(
            UpstreamExchange upstreamExchange,
            HttpServerExchange exchange,
            RequestHeadWriter headWriter,
            UpstreamAddress address) {
        this.upstreamExchange = upstreamExchange;
        this.exchange = exchange;
        this.headWriter = headWriter;
        this.address = address;
    }

    /** Sets the framing of the body, when the request is final. */
    void prepare(boolean chunkedBody) {
        chunked = chunkedBody;
    }

    private ByteBuffer newHead() {
        return headWriter.write(exchange, address, chunked);
    }

    /** Returns whether no byte of the request has been written, and it can still be sent on another connection. */
    boolean nothingWritten() {
        return !headBegun;
    }

    /** Returns whether the request has no body, or no byte of it has been accepted. */
    boolean noBodyWritten() {
        return !bodyBegun;
    }

    /** Sets the connection, when nothing waits for it yet. */
    void attach(UpstreamConnection connected) {
        upstream = connected;
        headBegun = false;
        headRest = null;
    }

    /** Sets the connection that was awaited, and writes what is pending. */
    void connect(UpstreamConnection connected) {
        attach(connected);
        if (writesResumed && writeHandler != null) {
            notifyWriterAndResume();
        } else {
            writable();
        }
    }

    /** Notifies the writer that it can write, and again when the socket has room, while writes are resumed. */
    private void notifyWriterAndResume() {
        notifyWriter();
        if (writesResumed && !terminated && upstream != null) {
            upstream.sink().resumeWrites();
        }
    }

    /**
     * Ends the use of the connection: the whole request has been written, and another request may use the connection.
     */
    void done() {
        done = true;
        upstream = null;
    }

    /** Removes the broken connection: the request starts again on another one. */
    void disconnect() {
        upstream = null;
    }

    /** Discards the rest of the request. */
    void discard() {
        if (discarding) {
            return;
        }
        discarding = true;
        headRest = null;
        upstream = null;
        // A writer that is being notified has caused this itself, and finds the end without a further notification.
        if (writesResumed && !notifying) {
            notifyWriter();
        }
    }

    private void notifyWriter() {
        if (writeHandler != null) {
            boolean outermost = !notifying;
            notifying = true;
            try {
                writeHandler.writeReady();
            } finally {
                notifying = !outermost;
            }
        }
    }

    /** Called when the socket has room. */
    void writable() {
        try {
            if (!flush()) {
                return;
            }
        } catch (IOException e) {
            upstreamExchange.sendFailed(e);
            return;
        }
        if (upstream != null && !writesResumed) {
            upstream.sink().suspendWrites();
        }
        if (writesResumed) {
            notifyWriter();
        }
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        if (discarding) {
            return (int) skip(new ByteBuffer[] {src}, 0, 1);
        }
        if (upstream == null) {
            return 0;
        }
        try {
            return (int) writeTo(upstream, new ByteBuffer[] {src}, 0, 1);
        } catch (IOException e) {
            upstreamExchange.sendFailed(e);
            return discarding ? write(src) : 0;
        }
    }

    @Override
    public long write(ByteBuffer[] srcs, int offs, int len) throws IOException {
        if (discarding) {
            return skip(srcs, offs, len);
        }
        if (upstream == null) {
            return 0;
        }
        try {
            return writeTo(upstream, srcs, offs, len);
        } catch (IOException e) {
            upstreamExchange.sendFailed(e);
            return discarding ? skip(srcs, offs, len) : 0;
        }
    }

    private static long skip(ByteBuffer[] srcs, int offs, int len) {
        long skipped = Buffers.remaining(srcs, offs, len);
        for (int i = offs; i < offs + len; i++) {
            srcs[i].position(srcs[i].limit());
        }
        return skipped;
    }

    private long writeTo(UpstreamConnection connection, ByteBuffer[] srcs, int offs, int len) throws IOException {
        if (headBegun && headRest == null) {
            long written = connection.sink().write(srcs, offs, len);
            bodyBegun |= written > 0;
            return written;
        }
        ByteBuffer head = headRest == null ? newHead() : headRest;
        int headSize = head.remaining();
        ByteBuffer[] headAndBody = new ByteBuffer[len + 1];
        headAndBody[0] = head;
        System.arraycopy(srcs, offs, headAndBody, 1, len);
        long written = connection.sink().write(headAndBody, 0, headAndBody.length);
        headWritten(head, written);
        long body = Math.max(0, written - headSize);
        bodyBegun |= body > 0;
        return body;
    }

    private void headWritten(ByteBuffer head, long written) {
        if (written <= 0) {
            return;
        }
        headBegun = true;
        if (!head.hasRemaining()) {
            headRest = null;
        } else if (headRest == null) {
            // The head writer reuses its array for the next request: copy what is left.
            headRest = ByteBuffer.allocate(head.remaining()).put(head).flip();
        }
    }

    /** Returns true once the head has been written. The body is never held back here. */
    @Override
    public boolean flush() throws IOException {
        if (discarding || done) {
            return true;
        }
        if (upstream == null) {
            return false;
        }
        while (!headBegun || headRest != null) {
            ByteBuffer head = headRest == null ? newHead() : headRest;
            int written = upstream.sink().write(head);
            headWritten(head, written);
            if (written == 0) {
                upstream.sink().resumeWrites();
                return false;
            }
        }
        if (terminated) {
            upstreamExchange.requestSent();
        }
        return true;
    }

    @Override
    public void terminateWrites() {
        terminated = true;
        if (headBegun && headRest == null && !discarding) {
            upstreamExchange.requestSent();
        }
    }

    @Override
    public void truncateWrites() {
        upstreamExchange.abort();
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
    public boolean isWriteShutdown() {
        return terminated;
    }

    @Override
    public void resumeWrites() {
        writesResumed = true;
        if (upstream != null) {
            upstream.sink().resumeWrites();
        } else if (discarding) {
            wakeupWrites();
        }
    }

    @Override
    public void suspendWrites() {
        writesResumed = false;
        if (upstream != null && (!headBegun || headRest == null)) {
            upstream.sink().suspendWrites();
        }
    }

    @Override
    public void wakeupWrites() {
        writesResumed = true;
        notifyWriterAndResume();
    }

    @Override
    public boolean isWriteResumed() {
        return writesResumed;
    }

    @Override
    public void awaitWritable() {
        throw new UnsupportedOperationException("the IO thread never waits");
    }

    @Override
    public void awaitWritable(long time, TimeUnit timeUnit) {
        throw new UnsupportedOperationException("the IO thread never waits");
    }

    @Override
    public XnioIoThread getWriteThread() {
        return exchange.getIoThread();
    }

    @Override
    public void setWriteReadyHandler(WriteReadyHandler handler) {
        writeHandler = handler;
    }

    @Override
    public XnioWorker getWorker() {
        return exchange.getIoThread().getWorker();
    }
}
