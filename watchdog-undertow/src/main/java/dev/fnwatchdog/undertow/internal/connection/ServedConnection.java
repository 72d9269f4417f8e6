package dev.fnwatchdog.undertow.internal.connection;

import dev.fnwatchdog.undertow.internal.http2.Http2Server;
import dev.fnwatchdog.undertow.internal.http2.Http2Session;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.io.SourceFilter;
import dev.fnwatchdog.undertow.internal.io.WrappedConnection;
import io.undertow.server.Connectors;
import io.undertow.server.ExchangeCompletionListener;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.protocol.http.HttpServerConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;
import org.xnio.conduits.StreamSourceConduit;

/**
 * One connection of a client, as Undertow sees it. It counts the requests that are being served, knows when the first byte
 * of each came, and closes so that what was said last can still be read.
 *
 * <p>Threads: the connection's IO thread, but for the count and for closing, which any thread may ask for.
 */
public final class ServedConnection extends WrappedConnection {
    private static final byte[] BAD_REQUEST = refusal("400 Bad Request");
    private static final byte[] HEAD_TOO_LARGE = refusal("431 Request Header Fields Too Large");

    /** The memory that Undertow's parser has used for a longer head is freed by closing the connection. */
    private static final int LARGE_HEAD = 64 * 1024;

    /** Undertow counts the values of one name in a byte, and refuses more; heads of fewer lines have other faults. */
    private static final int MOST_FIELDS_OF_ONE_NAME = 127;

    private final ServedConnections all;
    private final IdleClosePolicy idleClose = new IdleClosePolicy(this);
    private final RequestHeadScanner head = new RequestHeadScanner();
    private final HeadMemory memory;
    private final SocketCloseListener socketsEnd;
    private final ParserErrorConduit refusal;
    private final ExchangeCompletionListener ending = (exchange, next) -> {
        try {
            ends(exchange);
        } finally {
            next.proceed();
        }
    };

    // Mutable state
    private boolean headRead;
    private boolean tunnel;
    private boolean lingering;
    private boolean closedDuringRequest;
    private @Nullable Http2Session http2;
    // written by the IO thread alone, read by whoever drains
    private volatile int requests;

    ServedConnection(StreamConnection socket, ServedConnections all) {
        super(socket);
        this.all = all;
        this.memory = new HeadMemory(all.memory());
        setSourceConduit(new Input(socket.getSourceChannel().getConduit()));
        this.refusal = new ParserErrorConduit(socket.getSinkChannel().getConduit());
        setSinkConduit(refusal);
        this.socketsEnd = new SocketCloseListener(this);
        socket.setCloseListener(socketsEnd);
    }

    private static byte[] refusal(String status) {
        return ("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Its bytes are HTTP/2's, which many requests share. */
    void useHttp2(Http2Session session) {
        http2 = session;
    }

    /** A request's head has been read, and whoever serves it is asked now. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    public void requestStarted(HttpServerExchange exchange) {
        requests++;
        idleClose.requestStarted();
        refusal.keep();
        headRead = false;
        exchange.addExchangeCompleteListener(ending);
        if (http2 == null && (head.length() > LARGE_HEAD || !memory.reserveForParser(head))) {
            exchange.setPersistent(false);
        }
    }

    /** While the watchdog stops, each answer tells the client to open another connection next time (contract 7). */
    public void announceClose(HttpServerExchange exchange) {
        if (all.stopping()) {
            exchange.setPersistent(false);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
    private void ends(HttpServerExchange exchange) {
        if (tunnel) {
            return;
        }
        requests--;
        head.begin();
        if (exchange.isPersistent()) {
            memory.releaseHead();
        }
        if (exchange.getConnection() instanceof HttpServerConnection connection && connection.getExtraBytes() != null) {
            // What has come ahead of time has waited for us: the time of the next request begins now.
            ByteBuffer ahead = connection.getExtraBytes().getBuffer();
            int from = ahead.position();
            ahead.position(ahead.limit()).limit(ahead.capacity());
            came(ahead, from);
            ahead.limit(ahead.position()).position(from);
        }
        if (all.draining()) {
            exchange.setPersistent(false);
        }
    }

    /** Ends an exchange in the middle, so that the client can tell (HTTP/1.1: closed; HTTP/2: RST_STREAM). */
    public void abort(HttpServerExchange exchange) {
        if (http2 != null) {
            Http2Server.reset(exchange, ErrorCode.CANCEL);
        } else {
            IoUtils.safeClose(this);
        }
    }

    /** The answer is out, and nobody wants the rest of the request; the client is to stop sending, and can read on. */
    public void stopReading(HttpServerExchange exchange) {
        if (http2 != null) {
            Http2Server.stopReading(exchange);
        } else {
            closeGracefully();
            Connectors.terminateRequest(exchange);
        }
    }

    /** All has been said: closes it so that the client can read on to the end. */
    void closeGracefully() {
        try {
            socket().getSinkChannel().shutdownWrites();
        } catch (IOException ignored) {
            // Then there is nobody who could read on.
        }
        IoUtils.safeClose(this);
    }

    /** From here on it carries bytes that are no requests, until it is closed. */
    public void startTunnel() {
        tunnel = true;
    }

    /** When the head that has just been read began, as {@link System#nanoTime()}. */
    public long headStartNanos() {
        return head.started() && http2 == null ? head.startNanos() : System.nanoTime();
    }

    /** The head that has just been read; of HTTP/1 alone. */
    public RequestHeadScanner head() {
        return head;
    }

    /** Whether there is memory for trailers that take so much of it. */
    boolean reserveTrailers(long memoryOfTrailers) {
        return memory.reserve(head, memoryOfTrailers);
    }

    /** Requests whose answers are not out yet, to the last byte. */
    int requests() {
        return requests;
    }

    /** Closes it, whatever it carries. */
    void closeNow() {
        closedDuringRequest = requests > 0;
        IoUtils.safeClose(this);
    }

    /** Whether the watchdog has closed it under a request that it serves. */
    public boolean closedDuringRequest() {
        return closedDuringRequest;
    }

    /** Whether it is kept open for a request that its client is about to send; to be asked before {@link #requests()}. */
    boolean requestExpected() {
        return idleClose.waiting();
    }

    /**
     * Closes it as soon as it carries no request. A client that has just connected, or has sent a part of a head, gets a moment
     * to send its request.
     *
     * @param decided run when it is decided which of the client's requests is the last; of HTTP/1 at once
     */
    void closeAfterLastRequest(Runnable decided) {
        if (http2 == null) {
            closeIfIdle();
            decided.run();
        } else {
            idleClose.cancel();
            http2.shutDown(decided);
        }
    }

    /** Closes it unless it carries a request, or its client is about to send one. */
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
     * Undertow reads a body without having asked us for the request: it refuses it by itself, for its Host, and would keep
     * the answer until all of the body is there (contract 7).
     */
    private void refuse() throws IOException {
        headRead = false;
        refuse(BAD_REQUEST);
    }

    private void refuse(byte[] response) throws IOException {
        socket().getSinkChannel().write(ByteBuffer.wrap(response));
        socket().getSinkChannel().shutdownWrites();
        throw new ClosedChannelException();
    }

    private void came(ByteBuffer bytes, int from) {
        if (http2 == null && requests == 0) {
            head.read(bytes, from);
            if (head.lines() > MOST_FIELDS_OF_ONE_NAME) {
                refusal.replaceBy(HEAD_TOO_LARGE);
            }
        }
    }

    /** What was said last would be lost if the client's next bytes met a closed socket: then they are awaited. */
    @Override
    protected void closeAction() {
        all.closed(this);
        memory.close();
        if (http2 != null) {
            http2.closed();
        }
        if (socket().isWriteShutdown() && !socket().isReadShutdown()) {
            // While the socket lingers it must not keep the request's memory, which has been given back.
            socketsEnd.detach();
            lingering = LingeringClose.begin(socket(), all.buffers());
        }
        if (!lingering) {
            IoUtils.safeClose(socket());
        }
    }

    /** The lowest conduit of the reading side. */
    private final class Input extends SourceFilter {
        Input(StreamSourceConduit socketsInput) {
            super(socketsInput);
        }

        @Override
        public int read(ByteBuffer dst) throws IOException {
            if (headRead) {
                refuse();
            }
            int from = dst.position();
            int limit = dst.limit();
            dst.limit(Math.max(from, limit - head.keptBack()));
            int count = next.read(dst);
            dst.limit(limit);
            came(dst, from);
            if (requests == 0 && http2 == null && !memory.reserve(head)) {
                refuse(HEAD_TOO_LARGE);
            }
            return count < 0 ? count : dst.position() - from;
        }

        /** Undertow does this when it has read a head, and before it asks anybody. */
        @Override
        public void suspendReads() {
            headRead |= head.started() && requests == 0 && http2 == null;
            next.suspendReads();
        }

        @Override
        public void terminateReads() throws IOException {
            if (!lingering) {
                next.terminateReads();
            }
        }
    }
}
