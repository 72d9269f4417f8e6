package dev.fnwatchdog.undertow;

import io.undertow.server.Connectors;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitWritableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSinkConduit;

/**
 * The client's side of an answer. It tells the call when its last byte is due, holds the answer to {@code
 * write_timeout}, and sends a head that has no body yet.
 *
 * <p>Threads: the exchange's IO thread.
 */
final class CallSink extends AbstractStreamSinkConduit<StreamSinkConduit> {
    private static final long HEAD_RETRY_MILLIS = 10;

    private final Call call;

    // Mutable state
    private long remaining;
    private boolean begun;
    private boolean writesResumed;
    private boolean stopped;
    private TimeoutQueue.@Nullable Timeout timeout;

    CallSink(StreamSinkConduit next, Call call) {
        super(next);
        this.call = call;
        this.remaining = bodyLength(call);
    }

    /** Bytes until the last one, where the head tells; else the end is announced by {@link #terminateWrites()} alone. */
    private static long bodyLength(Call call) {
        HttpString method = call.exchange().getRequestMethod();
        if (Methods.HEAD.equals(method) || call.exchange().getResponseHeaders().contains(Headers.TRANSFER_ENCODING)) {
            return Long.MAX_VALUE;
        }
        long length = call.exchange().getResponseContentLength();
        return length < 0 ? Long.MAX_VALUE : length;
    }

    /** Sends the head alone, and goes on with it when the client's socket has room again. */
    void flushHead() {
        if (!begun) {
            begin(0);
            finishHead();
        }
    }

    private void finishHead() {
        try {
            if (!call.ended() && !next.flush()) {
                // The client has let answers pile up. The body's writer knows nothing of a head, so it is not told.
                call.loop().thread().executeAfter(this::finishHead, HEAD_RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (IOException gone) {
            call.clientGone();
        }
    }

    /** Nothing more goes out. Whoever waits for room is told so now, while he still listens, and frees his buffer. */
    void stop() {
        stopped = true;
        if (timeout != null) {
            timeout.cancel();
        }
        if (writesResumed) {
            wakeWriter();
        }
    }

    private void begin(long size) {
        begun = true;
        if (size < remaining) {
            timeout = call.startWriteTimeout();
        }
    }

    private void before(long size) throws IOException {
        if (stopped) {
            throw new ClosedChannelException();
        }
        if (size >= remaining) {
            call.lastByteDue();
        }
        if (!begun) {
            begin(size);
        }
    }

    private long wrote(long count) {
        remaining -= count;
        return count;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        before(src.remaining());
        return (int) wrote(next.write(src));
    }

    @Override
    public long write(ByteBuffer[] srcs, int offs, int len) throws IOException {
        before(Buffers.remaining(srcs, offs, len));
        return wrote(next.write(srcs, offs, len));
    }

    @Override
    public int writeFinal(ByteBuffer src) throws IOException {
        return Conduits.writeFinalBasic(this, src);
    }

    @Override
    public long writeFinal(ByteBuffer[] srcs, int offs, int len) throws IOException {
        return Conduits.writeFinalBasic(this, srcs, offs, len);
    }

    @Override
    public long transferFrom(FileChannel src, long position, long count) throws IOException {
        before(count);
        return wrote(next.transferFrom(src, position, count));
    }

    @Override
    public long transferFrom(StreamSourceChannel source, long count, ByteBuffer throughBuffer) throws IOException {
        return IoUtils.transfer(source, count, throughBuffer, new ConduitWritableByteChannel(this));
    }

    @Override
    public void terminateWrites() throws IOException {
        call.lastByteDue();
        begun = true;
        next.terminateWrites();
    }

    @Override
    public void resumeWrites() {
        writesResumed = true;
        next.resumeWrites();
    }

    @Override
    public void suspendWrites() {
        writesResumed = false;
        next.suspendWrites();
    }

    /** Without a round through the selector: who asks for it is ready to be called, and on the right thread. */
    @Override
    public void wakeupWrites() {
        wakeWriter();
    }

    private void wakeWriter() {
        ConduitStreamSinkChannel channel = Connectors.getConduitSinkChannel(call.exchange());
        ChannelListeners.invokeChannelListener(channel, channel.getWriteListener());
    }
}
