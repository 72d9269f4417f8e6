package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.undertow.internal.io.TimeoutQueue;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.ConduitFactory;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
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
final class ResponseSink extends AbstractStreamSinkConduit<StreamSinkConduit> {
    private static final long HEAD_RETRY_MILLIS = 10;

    /** Undertow keeps the buffers that it has sent together with a head for as long as their connection is open. */
    private static final long MOST_WITH_HEAD = 1024;

    private static final long MOST_IN_ONE_BUFFER_WITH_HEAD = 64 * 1024;

    private final Invocation invocation;

    // Mutable state
    private long remaining;
    private boolean begun;
    private boolean headIsOut;
    private boolean writesResumed;
    private boolean stopped;
    private TimeoutQueue.@Nullable Timeout timeout;

    /** Has Undertow make the conduit that frames the answer, and mends what it does to the head of one without a body. */
    static ResponseSink wrap(ConduitFactory<StreamSinkConduit> factory, Invocation invocation) {
        HttpServerExchange exchange = invocation.exchange();
        HeaderMap headers = exchange.getResponseHeaders();
        String length = headers.getFirst(Headers.CONTENT_LENGTH);
        StreamSinkConduit framed = factory.create();
        if (Methods.HEAD.equals(exchange.getRequestMethod())) {
            headers.remove(Headers.TRANSFER_ENCODING);
        } else if (!Connectors.isEntityBodyAllowed(exchange)) {
            if (length != null) {
                headers.put(Headers.CONTENT_LENGTH, length);
            }
            if (!exchange.isPersistent() && !exchange.getProtocol().equals(Protocols.HTTP_2_0)) {
                headers.put(Headers.CONNECTION, "close");
            }
        }
        return new ResponseSink(framed, invocation);
    }

    private ResponseSink(StreamSinkConduit next, Invocation invocation) {
        super(next);
        this.invocation = invocation;
        this.remaining = bodyLength(invocation);
    }

    /** Bytes until the last one, where the head tells; else the end is announced by {@link #terminateWrites()} alone. */
    private static long bodyLength(Invocation invocation) {
        if (hasNoBody(invocation.exchange())
                || invocation.exchange().getResponseHeaders().contains(Headers.TRANSFER_ENCODING)) {
            return Long.MAX_VALUE;
        }
        long length = invocation.exchange().getResponseContentLength();
        return length < 0 ? Long.MAX_VALUE : length;
    }

    private static boolean hasNoBody(HttpServerExchange exchange) {
        return Methods.HEAD.equals(exchange.getRequestMethod()) || !Connectors.isEntityBodyAllowed(exchange);
    }

    /** Sends the head alone, and goes on with it when the client's socket has room again. */
    void flushHead() {
        if (!begun) {
            begun = true;
            startTimeout();
            finishHead();
        }
    }

    private void finishHead() {
        try {
            if (!invocation.ended() && !next.flush()) {
                // The client has let answers pile up. The body's writer knows nothing of a head, so it is not told.
                invocation.loop().thread().executeAfter(this::finishHead, HEAD_RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        } catch (IOException gone) {
            invocation.clientDisconnected();
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

    private void startTimeout() {
        if (timeout == null) {
            timeout = invocation.startWriteTimeout();
        }
    }

    private void before(long size) throws IOException {
        if (stopped) {
            throw new ClosedChannelException();
        }
        if (size >= remaining) {
            invocation.runBeforeLastByte();
        }
    }

    /** An answer that is out at once, as most are, needs no timer. */
    private long wrote(long size, long count) throws IOException {
        begun = true;
        remaining -= count;
        if (count < size || remaining > 0) {
            startTimeout();
        }
        return count;
    }

    /** False where the client has no room for the head yet. */
    private boolean sendHeadAlone() throws IOException {
        headIsOut |= next.flush();
        return headIsOut;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        int size = src.remaining();
        before(size);
        if (size > MOST_IN_ONE_BUFFER_WITH_HEAD && !src.isDirect() && !sendHeadAlone()) {
            return (int) wrote(size, 0);
        }
        return (int) wrote(size, next.write(src));
    }

    @Override
    public long write(ByteBuffer[] srcs, int offs, int len) throws IOException {
        long size = Buffers.remaining(srcs, offs, len);
        before(size);
        if (size > MOST_WITH_HEAD && !sendHeadAlone()) {
            return wrote(size, 0);
        }
        return wrote(size, next.write(srcs, offs, len));
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
        return wrote(count, next.transferFrom(src, position, count));
    }

    @Override
    public long transferFrom(StreamSourceChannel source, long count, ByteBuffer throughBuffer) throws IOException {
        return IoUtils.transfer(source, count, throughBuffer, new ConduitWritableByteChannel(this));
    }

    @Override
    public void terminateWrites() throws IOException {
        invocation.runBeforeLastByte();
        if (!begun) {
            begun = true;
            if (invocation.exchange().getResponseHeaders().contains(Headers.TRANSFER_ENCODING)) {
                // Undertow would turn an empty chunked body into none, and lose its trailers.
                next.flush();
            }
        }
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

    @Override
    public boolean flush() throws IOException {
        boolean out = next.flush();
        if (!out) {
            startTimeout();
        }
        return out;
    }

    /** Without a round through the selector: who asks for it is ready to be called, and on the right thread. */
    @Override
    public void wakeupWrites() {
        wakeWriter();
    }

    private void wakeWriter() {
        ConduitStreamSinkChannel channel = Connectors.getConduitSinkChannel(invocation.exchange());
        ChannelListeners.invokeChannelListener(channel, channel.getWriteListener());
    }
}
