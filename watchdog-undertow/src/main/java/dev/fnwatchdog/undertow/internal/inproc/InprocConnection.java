package dev.fnwatchdog.undertow.internal.inproc;

import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.HttpServerExchange;
import io.undertow.server.HttpUpgradeListener;
import io.undertow.server.SSLSessionInfo;
import io.undertow.server.ServerConnection;
import io.undertow.server.XnioBufferPoolAdaptor;
import io.undertow.server.protocol.http.HttpServerConnection;
import io.undertow.util.Headers;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
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
 * What a handler sees in place of the client's connection: it carries one exchange, and what the handler does to it, at
 * whatever time and on whatever thread, concerns its own call alone.
 *
 * <p>Threads: any.
 */
final class InprocConnection extends ServerConnection {
    /** Undertow's own default is 2 MiB; what a form may hold is for the function to say. */
    private static final OptionMap OPTIONS = OptionMap.create(UndertowOptions.MULTIPART_MAX_ENTITY_SIZE, -1L);

    private final InprocInvocation invocation;
    private final ServerConnection client;
    private final ConduitStreamSourceChannel source;
    private final ConduitStreamSinkChannel sink;

    // Mutable state
    private volatile boolean open = true;
    private @Nullable ChannelListener<? super ConnectedChannel> closeListener;
    // under its own lock
    private final List<CloseListener> closeListeners = new ArrayList<>(1);

    InprocConnection(InprocInvocation handled, InprocRequestBody body, InprocResponse answer) {
        this.invocation = handled;
        this.client = handled.invocation().exchange().getConnection();
        this.source = new ConduitStreamSourceChannel(Configurable.EMPTY, body);
        this.sink = new ConduitStreamSinkChannel(Configurable.EMPTY, answer);
    }

    InprocInvocation invocation() {
        return invocation;
    }

    /** Whoever asks is told that the connection is closed. Any thread. */
    void markClosed() {
        open = false;
    }

    /** The call is over. IO thread. */
    void closed() {
        open = false;
        List<CloseListener> told;
        synchronized (closeListeners) {
            told = List.copyOf(closeListeners);
            closeListeners.clear();
        }
        told.forEach(listener -> listener.closed(this));
        ChannelListeners.invokeChannelListener(this, closeListener);
    }

    @Override
    @SuppressWarnings("deprecation") // what is abstract has to be there
    public Pool<ByteBuffer> getBufferPool() {
        return new XnioBufferPoolAdaptor(getByteBufferPool());
    }

    @Override
    public ByteBufferPool getByteBufferPool() {
        return client.getByteBufferPool();
    }

    @Override
    public XnioWorker getWorker() {
        return client.getWorker();
    }

    @Override
    public XnioIoThread getIoThread() {
        return client.getIoThread();
    }

    @Override
    public HttpServerExchange sendOutOfBandResponse(HttpServerExchange exchange) {
        throw new IllegalStateException("the watchdog tells the client itself to go on");
    }

    /** The watchdog tells the client to go on as soon as the handler reads. */
    @Override
    public boolean isContinueResponseSupported() {
        return false;
    }

    /** The handler has said that it reads no more; what becomes of the rest is decided when its answer is out. */
    @Override
    public void terminateRequestChannel(HttpServerExchange exchange) {
        invocation.stopReadingBody();
    }

    @Override
    public boolean isOpen() {
        return open;
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
    public void close() throws IOException {
        invocation.abort();
    }

    @Override
    public SocketAddress getPeerAddress() {
        return client.getPeerAddress();
    }

    @Override
    public <A extends SocketAddress> A getPeerAddress(Class<A> type) {
        return client.getPeerAddress(type);
    }

    @Override
    public SocketAddress getLocalAddress() {
        return client.getLocalAddress();
    }

    @Override
    public <A extends SocketAddress> A getLocalAddress(Class<A> type) {
        return client.getLocalAddress(type);
    }

    @Override
    public OptionMap getUndertowOptions() {
        return OPTIONS;
    }

    @Override
    public int getBufferSize() {
        return client.getBufferSize();
    }

    @Override
    public @Nullable SSLSessionInfo getSslSessionInfo() {
        return null;
    }

    @Override
    public void setSslSessionInfo(SSLSessionInfo sessionInfo) {}

    @Override
    public void addCloseListener(CloseListener listener) {
        synchronized (closeListeners) {
            closeListeners.add(listener);
        }
    }

    @Override
    public ChannelListener.Setter<? extends ConnectedChannel> getCloseSetter() {
        return (ChannelListener.Setter<ConnectedChannel>) listener -> closeListener = listener;
    }

    @Override
    protected @Nullable StreamConnection upgradeChannel() {
        return null;
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
    protected StreamSinkConduit getSinkConduit(HttpServerExchange exchange, StreamSinkConduit conduit) {
        return conduit;
    }

    @Override
    protected boolean isUpgradeSupported() {
        return client instanceof HttpServerConnection
                && invocation.invocation().exchange().getRequestHeaders().contains(Headers.UPGRADE);
    }

    @Override
    protected boolean isConnectSupported() {
        return false;
    }

    @Override
    protected void exchangeComplete(HttpServerExchange exchange) {
        invocation.handlerExchangeEnded();
    }

    @Override
    protected void setUpgradeListener(HttpUpgradeListener listener) {
        invocation.head().upgradeTo(listener);
    }

    @Override
    protected void setConnectListener(HttpUpgradeListener listener) {
        throw new IllegalStateException("no proxy");
    }

    /** Whoever reads the body looks at it with each piece. */
    @Override
    protected void maxEntitySizeUpdated(HttpServerExchange exchange) {}

    @Override
    public String getTransportProtocol() {
        return client.getTransportProtocol();
    }

    @Override
    public boolean isRequestTrailerFieldsSupported() {
        return client.isRequestTrailerFieldsSupported();
    }
}
