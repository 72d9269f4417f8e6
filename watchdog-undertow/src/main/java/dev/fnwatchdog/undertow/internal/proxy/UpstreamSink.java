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
 * The function's side of a request: the head goes out with the first piece of the body, in one write. Before there is a
 * connection nothing is taken; once the function wants no more, or the call is over, everything is taken and thrown away, so
 * that whoever writes comes to his end and frees his buffer.
 *
 * <p>Threads: the exchange's IO thread.
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
    private @Nullable WriteReadyHandler ready;
    private boolean headBegun;
    private boolean bodyBegun;
    private boolean writesResumed;
    private boolean telling;
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

    /** The request is as it will be sent. */
    void prepare(boolean chunkedBody) {
        chunked = chunkedBody;
    }

    private ByteBuffer newHead() {
        return headWriter.write(exchange, address, chunked);
    }

    /** Whether not a byte of the request has been written, so that it can go out on another connection. */
    boolean nothingWritten() {
        return !headBegun;
    }

    /** Whether the request has no body, or none of it has been taken. */
    boolean noBodyWritten() {
        return !bodyBegun;
    }

    /** There is a connection, and nothing waits for it yet. */
    void attach(UpstreamConnection connected) {
        upstream = connected;
        headBegun = false;
        headRest = null;
    }

    /** There is a connection at last: what has waited for it goes out. */
    void connect(UpstreamConnection connected) {
        attach(connected);
        if (writesResumed && ready != null) {
            tellWriter();
        } else {
            writable();
        }
    }

    /** Who writes is told that he can, and again when the socket has room, as long as he wants to be. */
    private void tellWriter() {
        tell();
        if (writesResumed && !terminated && upstream != null) {
            upstream.sink().resumeWrites();
        }
    }

    /** All is out, and the connection serves somebody else. */
    void done() {
        done = true;
        upstream = null;
    }

    /** The connection is gone, and the request is to begin anew on another. */
    void disconnect() {
        upstream = null;
    }

    /** No more of the request is wanted. */
    void discard() {
        if (discarding) {
            return;
        }
        discarding = true;
        headRest = null;
        upstream = null;
        // A writer who is just being told, and whose own doing this is, sees the end by himself.
        if (writesResumed && !telling) {
            tell();
        }
    }

    private void tell() {
        if (ready != null) {
            boolean outermost = !telling;
            telling = true;
            try {
                ready.writeReady();
            } finally {
                telling = !outermost;
            }
        }
    }

    /** The socket has room. */
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
            tell();
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
        ByteBuffer[] both = new ByteBuffer[len + 1];
        both[0] = head;
        System.arraycopy(srcs, offs, both, 1, len);
        long written = connection.sink().write(both, 0, both.length);
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
            // The writer's array serves the next call too: what is left must be kept apart.
            headRest = ByteBuffer.allocate(head.remaining()).put(head).flip();
        }
    }

    /** True once the head is out. The body is never held back here. */
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
        tellWriter();
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
        ready = handler;
    }

    @Override
    public XnioWorker getWorker() {
        return exchange.getIoThread().getWorker();
    }
}
