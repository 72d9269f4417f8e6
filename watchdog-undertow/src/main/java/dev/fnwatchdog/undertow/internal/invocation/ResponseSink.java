package dev.fnwatchdog.undertow.internal.invocation;

import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.Transitions;
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
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSourceChannel;
import org.xnio.conduits.AbstractStreamSinkConduit;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitWritableByteChannel;
import org.xnio.conduits.Conduits;
import org.xnio.conduits.StreamSinkConduit;

/**
 * The client's side of a response. It notifies the invocation before the last byte, enforces {@code write_timeout}
 * (specification 1.18), and sends a head before its body.
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
final class ResponseSink extends AbstractStreamSinkConduit<StreamSinkConduit> {
    /** In bytes. Undertow retains buffers that it sends together with a head as long as their connection is open. */
    private static final long MAX_WITH_HEAD = 1024;

    private static final long MAX_SINGLE_BUFFER_WITH_HEAD = 64 * 1024;

    /** What has been sent. */
    enum State {
        /** Nothing has been passed on. */
        UNSENT,
        /** The head has been passed on, and maybe a part of the body. */
        BEGUN,
        /** The socket has accepted the whole head, sent by itself. */
        HEAD_SENT,
        /** Nothing more is sent. */
        STOPPED;

        private boolean canBecome(State next) {
            return compareTo(next) < 0;
        }

        /** Returns {@code next}, which must be a state that may follow this one. */
        State to(State next) {
            return Transitions.checked(this, next, canBecome(next));
        }
    }

    private final Invocation invocation;

    // Mutable state
    private long remaining;
    private State state = State.UNSENT;
    private boolean writesResumed;
    private BodyTimeouts.@Nullable Running timeout;

    /** Creates the conduit that frames the response, and fixes what Undertow does to the head of one without a body. */
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

    /** Returns the announced bytes; without a length only {@link #terminateWrites()} announces the end. */
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

    /** Sends the head alone, and continues when the client's socket accepts more. */
    void flushHead() {
        if (state == State.UNSENT) {
            state = state.to(State.BEGUN);
            startTimeout();
            finishHead();
        }
    }

    private void finishHead() {
        try {
            if (state == State.BEGUN && !invocation.ended() && !next.flush()) {
                // Unread responses have filled the socket.
                invocation.whenWritable(this::finishHead);
            }
        } catch (IOException disconnect) {
            invocation.clientDisconnected();
        }
    }

    /**
     * Stops sending. A writer that waits now is notified, and releases its buffer; later, because it may be the cause, at this
     * moment.
     */
    void stop() {
        if (state != State.STOPPED) {
            state = state.to(State.STOPPED);
        }
        if (timeout != null) {
            timeout.cancel();
        }
        if (writesResumed) {
            ConduitStreamSinkChannel channel = Connectors.getConduitSinkChannel(invocation.exchange());
            ChannelListener<? super ConduitStreamSinkChannel> writer = channel.getWriteListener();
            invocation.loop().later(() -> ChannelListeners.invokeChannelListener(channel, writer));
        }
    }

    private void startTimeout() {
        if (timeout == null) {
            timeout = invocation.startWriteTimeout();
        }
    }

    private void beforeWrite(long size) throws IOException {
        if (state == State.STOPPED) {
            throw new ClosedChannelException();
        }
        if (size >= remaining) {
            invocation.runBeforeLastByte();
        }
    }

    /** Starts the timeout unless the response is complete at once, as most are. */
    private long afterWrite(long size, long count) throws IOException {
        if (state == State.UNSENT) {
            state = state.to(State.BEGUN);
        }
        remaining -= count;
        if (count > 0) {
            invocation.bodyTimeouts().bytePassed();
        }
        if (count < size || remaining > 0) {
            startTimeout();
        }
        return count;
    }

    /** Returns false where the socket does not accept the head yet. */
    private boolean sendHeadAlone() throws IOException {
        boolean flushed = next.flush();
        if (flushed && (state == State.UNSENT || state == State.BEGUN)) {
            state = state.to(State.HEAD_SENT);
        }
        return flushed || state == State.HEAD_SENT;
    }

    @Override
    public int write(ByteBuffer src) throws IOException {
        int size = src.remaining();
        beforeWrite(size);
        if (size > MAX_SINGLE_BUFFER_WITH_HEAD && !src.isDirect() && !sendHeadAlone()) {
            return (int) afterWrite(size, 0);
        }
        return (int) afterWrite(size, next.write(src));
    }

    @Override
    public long write(ByteBuffer[] srcs, int offs, int len) throws IOException {
        long size = Buffers.remaining(srcs, offs, len);
        beforeWrite(size);
        if (size > MAX_WITH_HEAD && !sendHeadAlone()) {
            return afterWrite(size, 0);
        }
        return afterWrite(size, next.write(srcs, offs, len));
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
        beforeWrite(count);
        return afterWrite(count, next.transferFrom(src, position, count));
    }

    @Override
    public long transferFrom(StreamSourceChannel source, long count, ByteBuffer throughBuffer) throws IOException {
        return IoUtils.transfer(source, count, throughBuffer, new ConduitWritableByteChannel(this));
    }

    @Override
    public void terminateWrites() throws IOException {
        invocation.runBeforeLastByte();
        if (state == State.UNSENT) {
            state = state.to(State.BEGUN);
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
        boolean flushed = next.flush();
        if (!flushed) {
            startTimeout();
        }
        return flushed;
    }

    /** Without the selector: the caller is on the right thread and can be called at once. */
    @Override
    public void wakeupWrites() {
        wakeWriter();
    }

    private void wakeWriter() {
        ConduitStreamSinkChannel channel = Connectors.getConduitSinkChannel(invocation.exchange());
        ChannelListeners.invokeChannelListener(channel, channel.getWriteListener());
    }
}
