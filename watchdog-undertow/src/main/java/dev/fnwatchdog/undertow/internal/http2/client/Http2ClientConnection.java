package dev.fnwatchdog.undertow.internal.http2.client;

import dev.fnwatchdog.undertow.internal.http2.ConnectionLimits;
import dev.fnwatchdog.undertow.internal.http2.Http2Connection;
import dev.fnwatchdog.undertow.internal.http2.Http2Stream;
import dev.fnwatchdog.undertow.internal.http2.StreamAbort;
import dev.fnwatchdog.undertow.internal.http2.frame.ConnectionException;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FieldSection;
import dev.fnwatchdog.undertow.internal.http2.frame.RequestPseudoFields;
import dev.fnwatchdog.undertow.internal.http2.frame.Settings;
import dev.fnwatchdog.undertow.internal.io.MemoryBudget;
import io.undertow.connector.ByteBufferPool;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import java.nio.ByteBuffer;
import java.util.List;
import org.xnio.StreamConnection;

/**
 * An HTTP/2 connection to an upstream, by prior knowledge (RFC 9113 3.3): this side opens its streams.
 *
 * <p>Threads: the connection's I/O thread, except for {@link #closed()}.
 */
public final class Http2ClientConnection extends Http2Connection {
    /** Servers must not announce that they accept promises (RFC 9113 6.5.2). */
    private static final int MAX_ENABLE_PUSH = 0;

    /** Until the server's limit is known, it may be as low as this. */
    private static final int STREAMS_BEFORE_SETTINGS = 1;

    private static final long PING_PAYLOAD = 0x616c697665L;

    private enum State {
        ACCEPTING,
        /** No stream is opened any more; the connection closes with the last one. */
        DRAINING
    }

    private final ClientOptions options;
    private final ConnectionListener listener;
    private final ResponseHeads responses;
    private final Liveness liveness;

    // Mutable state
    private State state = State.ACCEPTING;
    // negative: all are used
    private int nextStream;
    private boolean availabilityAwaited;

    /** @param firstStream the number of the first stream; others than 1 are for tests */
    Http2ClientConnection(
            StreamConnection socket,
            ByteBufferPool buffers,
            MemoryBudget heads,
            ClientOptions options,
            ConnectionListener listener,
            int firstStream) {
        super(
                socket,
                buffers,
                heads,
                new ConnectionLimits(options.maxStreams(), options.maxHeadBytes(), options.streamWindow()),
                new Settings(MAX_ENABLE_PUSH));
        this.options = options;
        this.listener = listener;
        this.nextStream = firstStream;
        this.responses = new ResponseHeads(this, streams());
        this.liveness = new Liveness(this, options);
    }

    /**
     * Starts HTTP/2 on a socket that is connected, and owns the socket from now on.
     *
     * @param socket with TCP_NODELAY: a frame must not wait until the server has acknowledged the one before it
     * @param heads for received field blocks and the tables of their fields
     */
    public static Http2ClientConnection start(
            StreamConnection socket,
            ByteBufferPool buffers,
            MemoryBudget heads,
            ClientOptions options,
            ConnectionListener listener) {
        Http2ClientConnection connection = new Http2ClientConnection(socket, buffers, heads, options, listener, 1);
        connection.start();
        return connection;
    }

    void start() {
        socket().setCloseListener(closed -> closed());
        start(ByteBuffer.allocate(0));
        flushSoon();
    }

    /** Asks whether the server lives. */
    void sendPing() {
        frames().ping(0, PING_PAYLOAD);
        flushSoon();
    }

    /** Closes the connection: the server has not reacted to the PING. */
    void unresponsive() {
        close(StreamAbort.of(ErrorCode.INTERNAL_ERROR, "the server does not respond to a PING"));
    }

    @Override
    protected void writePreface() {
        frames().clientPreface();
        frames().settings(
                        Settings.ENABLE_PUSH,
                        0,
                        Settings.INITIAL_WINDOW_SIZE,
                        options.streamWindow(),
                        Settings.MAX_HEADER_LIST_SIZE,
                        options.maxHeadBytes());
    }

    /** Returns whether it will open further streams, now or when others have ended. */
    public boolean accepting() {
        return state == State.ACCEPTING && isReading();
    }

    /** Returns whether its server has not said yet how many streams may be opened. */
    public boolean starting() {
        return accepting() && awaitsSettings();
    }

    /**
     * Returns how many streams may be opened now. After it has returned 0, {@link ConnectionListener#available()} is called when
     * that changes.
     */
    public int available() {
        int available = capacity();
        availabilityAwaited |= available == 0;
        return available;
    }

    /** Returns how many streams count towards the server's limit. */
    int openStreams() {
        return streams().liveCount();
    }

    /** Returns how many streams have a request that is not sent, or a response that is not read. */
    public int unfinishedStreams() {
        return streams().unfinishedCount();
    }

    private int capacity() {
        if (!accepting() || output().isFull()) {
            return 0;
        }
        int allowed = awaitsSettings() ? STREAMS_BEFORE_SETTINGS : settings().maxStreams();
        int own = options.maxStreams() - unfinishedStreams();
        int numbers = (Integer.MAX_VALUE - nextStream) / 2 + 1;
        return Math.max(0, Math.min(Math.min(allowed - openStreams(), own), numbers));
    }

    private void notifyIfAvailable() {
        if (availabilityAwaited && capacity() > 0) {
            availabilityAwaited = false;
            listener.available();
        }
    }

    /**
     * Opens a stream and sends the head of its request; {@link #available()} must not be 0.
     *
     * @param fields without pseudo-header fields; those that HTTP/2 forbids, and Host, are removed
     * @param endOfRequest whether the request has neither a body nor trailers
     */
    public ClientStream open(
            RequestPseudoFields target, HeaderMap fields, boolean endOfRequest, ResponseListener response) {
        if (capacity() == 0) {
            throw new IllegalStateException("no stream can be opened now");
        }
        removeForbidden(fields);
        ClientExchange exchange = new ClientExchange(this, nextStream, target, fields, response);
        streams().markUsed(nextStream);
        streams().add(exchange.stream());
        nextStream += 2;
        if (nextStream < 0) {
            state = State.DRAINING;
        }
        liveness.streamOpened();
        exchange.start(endOfRequest);
        flushSoon();
        return exchange;
    }

    private static void removeForbidden(HeaderMap fields) {
        fields.remove(Headers.HOST);
        for (HttpString name : FieldSection.CONNECTION_SPECIFIC) {
            fields.remove(name);
        }
    }

    /** Closes the connection; streams that have not ended are reset. */
    public void close() {
        fail(StreamAbort.of(ErrorCode.NO_ERROR, "the watchdog has closed the connection"));
    }

    void responseRead() {
        served();
    }

    /** Releases a stream both of whose messages have ended. */
    void finished(Http2Stream stream) {
        if (streams().finished(stream)) {
            closeIfDone();
            notifyIfAvailable();
        }
    }

    private void closeIfDone() {
        if (state == State.DRAINING && isReading() && streams().isEmpty()) {
            fail(StreamAbort.of(ErrorCode.NO_ERROR, "all streams have ended"));
        }
    }

    @Override
    protected void fieldsReceived(int stream, FieldSection section, boolean endStream) throws ConnectionException {
        responses.received(stream, section, endStream);
    }

    @Override
    protected void settingsReceived() {
        listener.settingsReceived();
        notifyIfAvailable();
    }

    /** Streams beyond the last one may be sent again elsewhere; the others are served to their end (RFC 9113 6.8). */
    @Override
    protected void goAwayReceived(int lastStream, ErrorCode code) {
        state = State.DRAINING;
        List<Http2Stream> refused = streams().live().stream()
                .filter(stream -> stream.id() > lastStream)
                .toList();
        ErrorCode reset = code == ErrorCode.NO_ERROR ? ErrorCode.REFUSED_STREAM : code;
        abort(refused, new StreamAbort(reset, false, "the server accepts no more requests: GOAWAY with " + code));
        closeIfDone();
    }

    @Override
    protected void tooManyCancelled() {
        stopAcceptingStreams();
    }

    @Override
    protected void stopAcceptingStreams() {
        state = State.DRAINING;
        closeIfDone();
    }

    @Override
    protected void bytesRead() {
        liveness.received();
    }

    /** A response may have arrived before; later, because the writer of a body may be the cause, at this moment. */
    @Override
    protected void writeFailed(StreamAbort ended) {
        thread().execute(() -> readRestAndClose(ended));
    }

    @Override
    protected void outputWritten() {
        notifyIfAvailable();
    }

    /** Servers open no streams. */
    @Override
    protected int lastPeerStream() {
        return 0;
    }

    @Override
    protected void stopped() {
        liveness.stop();
    }

    @Override
    protected void closeSocket() {
        close(StreamAbort.of(ErrorCode.NO_ERROR, "the connection was closed"));
    }

    @Override
    protected void released(StreamAbort ended) {
        listener.closed(ended.code(), ended.reason());
    }
}
