package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.undertow.internal.http.InterimResponse;
import dev.fnwatchdog.undertow.internal.http2.Http2ServerConnection;
import dev.fnwatchdog.undertow.internal.http2.ServerStream;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.SourceFilter;
import dev.fnwatchdog.undertow.internal.io.Transitions;
import dev.fnwatchdog.undertow.internal.io.WrappedConnection;
import io.undertow.connector.PooledByteBuffer;
import io.undertow.server.Connectors;
import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.HeaderMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.conduits.StreamSourceConduit;

/**
 * One connection of a client, as Undertow sees it. It counts the requests in flight, records when the first byte of
 * each request arrived, and closes gracefully: the client can still read the last response.
 *
 * <p>Threads: the connection's I/O thread, except for the count and for closing, which any thread may ask for.
 */
public final class ServedConnection extends WrappedConnection {
    private static final byte[] BAD_REQUEST = ParserErrorConduit.refusal("400 Bad Request");
    private static final byte[] HEAD_TOO_LARGE = ParserErrorConduit.refusal("431 Request Header Fields Too Large");

    /**
     * The bytes of a head after which the connection is closed, to free the memory of Undertow's parser (specification
     * 7.13).
     */
    private static final int LARGE_HEAD = 64 * 1024;

    /** What the bytes of the connection are. */
    enum State {
        /** Requests. */
        REQUESTS,
        /** A request whose head Undertow has read, and of which it has called no handler yet; with HTTP/1 only. */
        HEAD_READ,
        /** Those of a tunnel, until the connection is closed. */
        TUNNEL,
        /** Of no use: the connection has been closed, and its socket waits for the client to close it. */
        LINGERING;

        private boolean canBecome(State next) {
            return switch (this) {
                case REQUESTS -> next != REQUESTS;
                case HEAD_READ -> next == REQUESTS || next == LINGERING;
                case TUNNEL -> next == LINGERING;
                case LINGERING -> false;
            };
        }

        /** Returns {@code next}; where that must not follow this one, an assertion fails, or without assertions this one stays. */
        State to(State next) {
            return Transitions.checked(this, next, canBecome(next));
        }
    }

    private final ServedConnections connections;
    private final IdleClosePolicy idleClose = new IdleClosePolicy(this);
    private final RequestHeadScanner head = new RequestHeadScanner();
    private final HeadMemory memory;
    private final SocketCloseListener socketCloseListener;
    private final ParserErrorConduit parserErrors;
    private final InterimResponseConduit interimResponses;
    private final ExchangeCompletionListener completionListener = (exchange, next) -> {
        try {
            requestCompleted(exchange);
        } finally {
            next.proceed();
        }
    };

    // Mutable state
    private State state = State.REQUESTS;
    private boolean requestAborted;
    private @Nullable Http2ServerConnection http2;
    // written by the I/O thread alone, read by the thread that drains
    private volatile int requests;

    ServedConnection(StreamConnection socket, ServedConnections connections) {
        super(socket);
        this.connections = connections;
        this.memory = new HeadMemory(connections.memory());
        setSourceConduit(new Input(socket.getSourceChannel().getConduit()));
        this.interimResponses =
                new InterimResponseConduit(socket.getSinkChannel().getConduit());
        this.parserErrors = new ParserErrorConduit(interimResponses);
        setSinkConduit(parserErrors);
        this.socketCloseListener = new SocketCloseListener(this);
        socket.setCloseListener(socketCloseListener);
    }

    /** Makes this an HTTP/2 connection, which serves many requests at once. */
    void useHttp2(Http2ServerConnection session) {
        http2 = session;
    }

    /** Called when a request's head has been read, before its handler. */
    @IoThread
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void requestStarted(HttpServerExchange exchange) {
        assert Thread.currentThread() == getIoThread() : "on " + Thread.currentThread();
        requests++;
        idleClose.requestStarted();
        parserErrors.keep();
        handled();
        exchange.addExchangeCompleteListener(completionListener);
        if (http2 == null && (head.length() > LARGE_HEAD || !memory.reserveForParser(head))) {
            exchange.setPersistent(false);
        }
    }

    private void handled() {
        if (state == State.HEAD_READ) {
            state = state.to(State.REQUESTS);
        }
    }

    /** During a shutdown, makes each response announce the close of its connection (specification 7.6). */
    public void announceClose(HttpServerExchange exchange) {
        if (connections.stopping()) {
            exchange.setPersistent(false);
        }
    }

    @IoThread
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    private void requestCompleted(HttpServerExchange exchange) {
        if (state == State.TUNNEL) {
            return;
        }
        requests--;
        head.begin();
        if (exchange.isPersistent()) {
            memory.releaseHead();
        }
        if (exchange.getConnection() instanceof HttpServerConnection connection && connection.getExtraBytes() != null) {
            // A pipelined request has waited for the watchdog: its own time starts now (specification 7.14).
            scanPipelined(connection, connection.getExtraBytes());
        }
        if (connections.draining()) {
            exchange.setPersistent(false);
        }
    }

    /** Sends an interim response, before the response of the exchange has started. */
    @IoThread
    public void sendInterim(HttpServerExchange exchange, InterimResponse response) throws IOException {
        if (http2 != null) {
            ServerStream.of(exchange).sendInterim(response);
        } else if (exchange.isHttp11()) {
            interimResponses.send(response);
        }
    }

    /**
     * Runs {@code action} once when the client's side accepts more of a response; not within this call. The writer of the response
     * is not notified for it.
     */
    @IoThread
    public void whenWritable(HttpServerExchange exchange, Runnable action) {
        if (http2 != null) {
            ServerStream.of(exchange).whenWritable(action);
        } else {
            interimResponses.whenWritable(action);
        }
    }

    private void scanPipelined(HttpServerConnection connection, PooledByteBuffer pooled) {
        ByteBuffer bytes = pooled.getBuffer();
        int from = bytes.position();
        bytes.position(bytes.limit()).limit(bytes.capacity());
        scanHead(bytes, from);
        bytes.limit(bytes.position()).position(from);
        if (!bytes.hasRemaining()) {
            // Undertow would not release a buffer without bytes.
            connection.setExtraBytes(null);
            pooled.close();
        }
    }

    /** Aborts an exchange in a way that the client can detect (HTTP/1.1: close; HTTP/2: RST_STREAM). */
    @IoThread
    public void abort(HttpServerExchange exchange) {
        if (http2 != null) {
            ServerStream.of(exchange).close();
        } else {
            IoUtils.safeClose(this);
        }
    }

    /**
     * Ends a response that has begun with these trailers. Returns false, and does nothing, where they cannot be sent: on HTTP/1,
     * behind a head that announces a length, and behind the end of the response.
     */
    @IoThread
    public boolean endWithTrailers(HttpServerExchange exchange, HeaderMap trailers) {
        return http2 != null && ServerStream.of(exchange).end(trailers);
    }

    /**
     * Stops reading a request whose response has been sent. The client has to stop sending, and can still read the
     * response (specification 3.46).
     */
    @IoThread
    public void stopReading(HttpServerExchange exchange) {
        if (http2 != null) {
            ServerStream.of(exchange).stopReading();
        } else {
            closeGracefully();
            Connectors.terminateRequest(exchange);
        }
    }

    /** Closes the connection gracefully: the client can read the response to its end. */
    void closeGracefully() {
        try {
            socket().getSinkChannel().shutdownWrites();
        } catch (IOException ignored) {
            // The client has disconnected, and cannot read any more.
        }
        IoUtils.safeClose(this);
    }

    /** Marks the connection as a tunnel, whose bytes are no requests until it is closed. */
    @IoThread
    public void startTunnel() {
        state = state.to(State.TUNNEL);
    }

    /** Returns when the head that has just been read began, as {@link System#nanoTime()}. */
    public long headStartNanos() {
        return head.started() && http2 == null ? head.startNanos() : System.nanoTime();
    }

    /** Returns the head that has just been read, of HTTP/1 only. */
    public RequestHeadScanner head() {
        return head;
    }

    /** Reserves memory for trailers. Returns false where there is not enough. */
    boolean reserveTrailers(long memoryOfTrailers) {
        return memory.reserve(head, memoryOfTrailers);
    }

    /** Returns the number of requests whose responses have not been sent to their last byte. */
    int requests() {
        return requests;
    }

    /** Closes the connection at once, also with requests in flight. */
    @IoThread
    void closeNow() {
        requestAborted = requests > 0;
        IoUtils.safeClose(this);
    }

    /** Returns whether the watchdog has closed the connection during a request. */
    public boolean closedDuringRequest() {
        return requestAborted;
    }

    /**
     * Returns whether the connection is kept open for a request that its client is about to send. Must be called before
     * {@link #requests()}.
     */
    boolean requestExpected() {
        return idleClose.waiting();
    }

    /**
     * Closes the connection as soon as it serves no request. A client that has just connected, or has sent a part of a
     * head, gets up to a second to send its request (specification 7.8).
     *
     * @param decided run when it is decided which request of the client is the last; with HTTP/1 at once
     */
    @IoThread
    void closeAfterLastRequest(Runnable decided) {
        if (http2 == null) {
            closeIfIdle();
            decided.run();
        } else {
            idleClose.cancel();
            http2.shutDown(decided);
        }
    }

    /** Closes the connection unless it serves a request, or its client is about to send one. */
    @IoThread
    void closeIfIdle() {
        if (requests > 0) {
            return;
        }
        if (http2 != null) {
            closeAfterLastRequest(() -> {});
        } else if (idleClose.shouldClose(head.started(), head.startNanos())) {
            IoUtils.safeClose(this);
        }
    }

    /**
     * Refuses a request whose body Undertow reads without having called a handler: Undertow refuses it by itself,
     * because of its Host, and would hold the response back until the whole body has arrived (specification 7.16).
     */
    private void refuse() throws IOException {
        handled();
        refuse(BAD_REQUEST);
    }

    private void refuse(byte[] response) throws IOException {
        socket().getSinkChannel().write(ByteBuffer.wrap(response));
        socket().getSinkChannel().shutdownWrites();
        throw new ClosedChannelException();
    }

    private void scanHead(ByteBuffer bytes, int from) {
        if (http2 == null && requests == 0) {
            head.read(bytes, from);
            parserErrors.replaceFor(head);
        }
    }

    /**
     * Closes the socket. It lingers first where the last response would be lost if the client sent more bytes to a
     * closed socket.
     */
    @Override
    protected void closeAction() {
        connections.closed(this);
        memory.close();
        if (http2 != null) {
            http2.closed();
        }
        if (socket().isWriteShutdown() && !socket().isReadShutdown()) {
            // A socket that lingers must not reference the memory of the request, which has been released.
            socketCloseListener.detach();
            if (LingeringClose.begin(socket(), connections.buffers())) {
                state = state.to(State.LINGERING);
            }
        }
        if (state != State.LINGERING) {
            IoUtils.safeClose(socket());
        }
    }

    /** The lowest conduit of the connection's read side. */
    private final class Input extends SourceFilter {
        Input(StreamSourceConduit socketSource) {
            super(socketSource);
        }

        @Override
        public int read(ByteBuffer dst) throws IOException {
            if (state == State.HEAD_READ) {
                refuse();
            }
            int from = dst.position();
            int limit = dst.limit();
            dst.limit(Math.max(from, limit - head.keptBack()));
            int count = next.read(dst);
            dst.limit(limit);
            scanHead(dst, from);
            if (requests == 0 && http2 == null && (head.length() > Listener.MAX_HEAD_BYTES || !memory.reserve(head))) {
                refuse(HEAD_TOO_LARGE);
            }
            return count < 0 ? count : dst.position() - from;
        }

        /** Undertow calls this when it has read a head, and before it calls a handler. */
        @Override
        public void suspendReads() {
            if (state == State.REQUESTS && head.started() && requests == 0 && http2 == null) {
                state = state.to(State.HEAD_READ);
            }
            next.suspendReads();
        }

        /**
         * Returns true while the socket lingers, too. Otherwise Undertow, which closes the connection behind the last response, would
         * read on as well, and for half a second keep its parser with what it holds of the head.
         */
        @Override
        public boolean isReadShutdown() {
            return state == State.LINGERING || next.isReadShutdown();
        }

        @Override
        public void terminateReads() throws IOException {
            if (state != State.LINGERING) {
                next.terminateReads();
            }
        }
    }
}
