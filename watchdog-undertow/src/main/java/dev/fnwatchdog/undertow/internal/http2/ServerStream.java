package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.http.InterimResponse;
import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import dev.fnwatchdog.undertow.internal.http2.frame.FieldSection;
import dev.fnwatchdog.undertow.internal.http2.frame.FlowWindow;
import dev.fnwatchdog.undertow.internal.http2.frame.FrameWriter;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.ConduitWrapper;
import io.undertow.server.Connectors;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.HttpUpgradeListener;
import io.undertow.server.SSLSessionInfo;
import io.undertow.server.ServerConnection;
import io.undertow.server.XnioBufferPoolAdaptor;
import io.undertow.server.protocol.http.HttpAttachments;
import io.undertow.server.protocol.http.HttpContinue;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.Option;
import org.xnio.OptionMap;
import org.xnio.Pool;
import org.xnio.StreamConnection;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;
import org.xnio.channels.Configurable;
import org.xnio.channels.ConnectedChannel;
import org.xnio.conduits.ConduitStreamSinkChannel;
import org.xnio.conduits.ConduitStreamSourceChannel;
import org.xnio.conduits.StreamSinkConduit;

/**
 * One stream as the connection of one Undertow exchange.
 *
 * <p>Threads: the connection's I/O thread.
 */
@IoThread
public final class ServerStream extends ServerConnection implements StreamUser {
    /** How long a client may continue to send a body that is dropped. */
    private static final long REST_OF_REQUEST_MILLIS = 500;

    private final Http2ServerConnection connection;
    private final OptionMap options;
    private final Consumer<HttpServerExchange> onAborted;
    private final Http2Stream stream;
    private final ConduitStreamSourceChannel source;
    private final ConduitStreamSinkChannel sink;
    private final HttpServerExchange exchange;

    // Mutable state
    private @Nullable SSLSessionInfo sslSession;

    /** @param onAborted called with an exchange that ended early */
    ServerStream(
            Http2ServerConnection connection,
            int id,
            FieldSection head,
            boolean endStream,
            OptionMap options,
            Consumer<HttpServerExchange> onAborted) {
        this.connection = connection;
        this.options = options;
        this.onAborted = onAborted;
        this.stream = new Http2Stream(
                connection,
                id,
                endStream ? StreamState.HALF_CLOSED_REMOTE : StreamState.OPEN,
                head.contentLength(),
                this);
        this.source = new ConduitStreamSourceChannel(Configurable.EMPTY, stream.source());
        this.sink = new ConduitStreamSinkChannel(Configurable.EMPTY, stream.sink());
        this.exchange = new HttpServerExchange(this, head.fields(), new HeaderMap(), -1);
    }

    /** Returns the stream of an exchange over HTTP/2. */
    public static ServerStream of(HttpServerExchange exchange) {
        return (ServerStream) exchange.getConnection();
    }

    Http2Stream stream() {
        return stream;
    }

    HttpServerExchange exchange() {
        return exchange;
    }

    /** Returns the socket's connection below the stream. */
    public StreamConnection socket() {
        return connection.socket();
    }

    /** Resets the stream and ends its exchange. */
    void reset(ErrorCode code) {
        stream.reset(code);
        terminate();
    }

    /**
     * Ends the response and the exchange with trailers in place of the response's own. Returns false, and does nothing, where
     * they cannot be sent.
     */
    public boolean end(HeaderMap trailers) {
        boolean possible = hasBody()
                && !stream.sink().isWriteShutdown()
                && !exchange.getResponseHeaders().contains(Headers.CONTENT_LENGTH);
        if (possible) {
            stream.sink().end(trailers);
            terminate();
        }
        return possible;
    }

    /** Runs {@code action} once when the stream accepts more of the response, or has been reset. */
    public void whenWritable(Runnable action) {
        stream.sink().whenWritable(action);
    }

    /**
     * Drops the rest of the request after the response was sent. The stream is reset with NO_ERROR where the client continues
     * for long (RFC 9113 8.1, specification 9.15).
     */
    public void stopReading() {
        stream.source().terminateReads();
        if (!exchange.isRequestComplete()) {
            connection.thread().executeAfter(this::resetUnread, REST_OF_REQUEST_MILLIS, TimeUnit.MILLISECONDS);
            bodyDropped();
        }
    }

    /** Resets the stream at once where the rest of the body is long: the client need not send it. */
    @Override
    public void bodyDropped() {
        if (exchange.isResponseComplete() && stream.receiveWindow().size() <= FlowWindow.INITIAL / 2) {
            resetUnread();
        }
    }

    /** More of the body may arrive before the response is sent: {@link #bodyDropped()} decides. */
    @Override
    public void bodyUnwanted() {}

    private void resetUnread() {
        if (!exchange.isComplete()) {
            reset(ErrorCode.NO_ERROR);
        }
    }

    private void terminate() {
        Connectors.terminateRequest(exchange);
        Connectors.terminateResponse(exchange);
    }

    @Override
    public void writeHead(FrameWriter frames, int id, boolean last) {
        frames.response(id, last, exchange.getStatusCode(), exchange.getResponseHeaders());
    }

    @Override
    public boolean hasBody() {
        return !Methods.HEAD.equals(exchange.getRequestMethod()) && Connectors.isEntityBodyAllowed(exchange);
    }

    @Override
    public HeaderMap trailers() {
        Supplier<HeaderMap> supplier = exchange.getAttachment(HttpAttachments.RESPONSE_TRAILER_SUPPLIER);
        HeaderMap trailers =
                supplier == null ? exchange.getAttachment(HttpAttachments.RESPONSE_TRAILERS) : supplier.get();
        return trailers == null ? new HeaderMap() : trailers;
    }

    @Override
    public void trailers(HeaderMap trailers) {
        exchange.putAttachment(HttpAttachments.REQUEST_TRAILERS, trailers);
    }

    /** The request is complete when its body was read. */
    @Override
    public void bodyReceived() {}

    @Override
    public void bodyRead() {
        Connectors.terminateRequest(exchange);
    }

    @Override
    public void sent() {
        connection.served();
        Connectors.terminateResponse(exchange);
    }

    /** The exchange ends when its response has reached the socket. */
    @Override
    public void closed() {}

    @Override
    public boolean keepsBody() {
        return false;
    }

    @Override
    public void aborted(StreamAbort cause) {
        try {
            onAborted.accept(exchange);
        } finally {
            terminate();
        }
    }

    @Override
    protected void exchangeComplete(HttpServerExchange completed) {
        if (completed == exchange) {
            stream.source().terminateReads();
            connection.finished(stream);
        }
    }

    @Override
    protected StreamSinkConduit getSinkConduit(HttpServerExchange target, StreamSinkConduit conduit) {
        Connectors.flattenCookies(target);
        if (!Connectors.isEntityBodyAllowed(target)) {
            target.getResponseHeaders().remove(Headers.CONTENT_LENGTH);
        }
        for (HttpString name : FieldSection.CONNECTION_SPECIFIC) {
            target.getResponseHeaders().remove(name);
        }
        return stream.sink();
    }

    /** Sends the 100 of {@link HttpContinue}: a head without END_STREAM, before that of the response. */
    @Override
    public HttpServerExchange sendOutOfBandResponse(HttpServerExchange request) {
        HttpServerExchange interim = new HttpServerExchange(this);
        interim.setProtocol(Protocols.HTTP_2_0);
        interim.setRequestMethod(request.getRequestMethod());
        Connectors.terminateRequest(interim);
        ConduitWrapper<StreamSinkConduit> toInterimSink = (factory, ex) -> new InterimSink(connection, stream, ex);
        interim.addResponseWrapper(toInterimSink);
        return interim;
    }

    /** Sends an interim response, a head without END_STREAM, before the response has started. */
    public void sendInterim(InterimResponse response) {
        // A client that does not read gets no hints: they would fill the memory.
        boolean wanted = response.isContinue() || !connection.output().isFull();
        if (wanted && stream.state() != StreamState.CLOSED) {
            connection.frames().response(stream.id(), false, response.status(), response.fields());
            connection.flushSoon();
        }
    }

    @Override
    public boolean isContinueResponseSupported() {
        return true;
    }

    /** The handler reads no more. The stream is reset later, if the response is sent and more of the body arrives. */
    @Override
    public void terminateRequestChannel(HttpServerExchange target) {}

    /** Resets the stream, and ends the exchange. */
    @Override
    public void close() {
        reset(ErrorCode.CANCEL);
    }

    @Override
    public boolean isOpen() {
        return stream.state() != StreamState.CLOSED || (exchange.isResponseStarted() && !exchange.isComplete());
    }

    @Override
    protected ConduitStreamSinkChannel getSinkChannel() {
        return sink;
    }

    @Override
    protected ConduitStreamSourceChannel getSourceChannel() {
        return source;
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in Undertow
    public Pool<ByteBuffer> getBufferPool() {
        return new XnioBufferPoolAdaptor(getByteBufferPool());
    }

    @Override
    public ByteBufferPool getByteBufferPool() {
        return connection.buffers();
    }

    @Override
    public XnioWorker getWorker() {
        return connection.thread().getWorker();
    }

    @Override
    public XnioIoThread getIoThread() {
        return connection.thread();
    }

    @Override
    public boolean supportsOption(Option<?> option) {
        return false;
    }

    @Override
    public <T> @Nullable T getOption(Option<T> option) {
        return null;
    }

    @Override
    public <T> @Nullable T setOption(Option<T> option, T value) {
        return null;
    }

    @Override
    public SocketAddress getPeerAddress() {
        return socket().getPeerAddress();
    }

    @Override
    public <A extends SocketAddress> A getPeerAddress(Class<A> type) {
        return socket().getPeerAddress(type);
    }

    @Override
    public SocketAddress getLocalAddress() {
        return socket().getLocalAddress();
    }

    @Override
    public <A extends SocketAddress> A getLocalAddress(Class<A> type) {
        return socket().getLocalAddress(type);
    }

    @Override
    public OptionMap getUndertowOptions() {
        return options;
    }

    @Override
    public int getBufferSize() {
        return connection.buffers().getBufferSize();
    }

    @Override
    public @Nullable SSLSessionInfo getSslSessionInfo() {
        return sslSession;
    }

    @Override
    public void setSslSessionInfo(SSLSessionInfo session) {
        sslSession = session;
    }

    @Override
    public void addCloseListener(CloseListener listener) {
        exchange.addExchangeCompleteListener((completed, next) -> {
            try {
                listener.closed(this);
            } finally {
                next.proceed();
            }
        });
    }

    @Override
    public ChannelListener.Setter<? extends ConnectedChannel> getCloseSetter() {
        return socket().getCloseSetter();
    }

    @Override
    protected StreamConnection upgradeChannel() {
        throw new IllegalStateException("HTTP/2 has no upgrade");
    }

    @Override
    protected boolean isUpgradeSupported() {
        return false;
    }

    @Override
    protected boolean isConnectSupported() {
        return false;
    }

    @Override
    protected void setUpgradeListener(HttpUpgradeListener listener) {
        throw new IllegalStateException("HTTP/2 has no upgrade");
    }

    @Override
    protected void setConnectListener(HttpUpgradeListener listener) {
        throw new IllegalStateException("CONNECT is refused before");
    }

    /** No limit on the size of a body is enforced here. */
    @Override
    protected void maxEntitySizeUpdated(HttpServerExchange target) {}

    @Override
    public String getTransportProtocol() {
        return "h2c";
    }

    @Override
    public boolean isRequestTrailerFieldsSupported() {
        return true;
    }
}
