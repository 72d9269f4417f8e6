package dev.fnwatchdog.undertow.internal.inproc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.fnwatchdog.undertow.internal.io.IoThread;
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
 * The connection that a handler sees in place of the client's. It carries one exchange. What the handler does to it affects its
 * own request alone, at any time and on any thread.
 *
 * <p>Threads: any.
 */
final class InprocConnection extends ServerConnection {
    /** The fields of one form; a table of them takes many times the memory of the body (specification 5.16). */
    static final int MAX_FORM_FIELDS = 10_000;

    private static final OptionMap OPTIONS = OptionMap.builder()
            // Undertow's default is 2 MiB; the function itself decides how large a form may be.
            .set(UndertowOptions.MULTIPART_MAX_ENTITY_SIZE, -1L)
            .set(UndertowOptions.MAX_PARAMETERS, MAX_FORM_FIELDS)
            // Clients send values that RFC 6265 does not permit; SetCookieField checks what the function sends.
            .set(UndertowOptions.ENABLE_RFC6265_COOKIE_VALIDATION, false)
            .getMap();

    private final InprocInvocation inproc;
    private final ServerConnection client;
    private final ConduitStreamSourceChannel source;
    private final ConduitStreamSinkChannel sink;

    // Mutable state
    private volatile boolean open = true;
    private @Nullable ChannelListener<? super ConnectedChannel> closeListener;
    // under its own lock
    @GuardedBy("closeListeners")
    private final List<CloseListener> closeListeners = new ArrayList<>(1);

    InprocConnection(InprocInvocation inproc, InprocRequestBody body, InprocResponse response) {
        this.inproc = inproc;
        this.client = inproc.invocation().exchange().getConnection();
        this.source = new ConduitStreamSourceChannel(Configurable.EMPTY, body);
        this.sink = new ConduitStreamSinkChannel(Configurable.EMPTY, response);
    }

    InprocInvocation invocation() {
        return inproc;
    }

    /** Makes the connection appear closed. Any thread. */
    void markClosed() {
        open = false;
    }

    /** Notifies the close listeners at the end of the request. I/O thread. */
    @IoThread
    void closed() {
        open = false;
        List<CloseListener> notified;
        synchronized (closeListeners) {
            notified = List.copyOf(closeListeners);
            closeListeners.clear();
        }
        notified.forEach(listener -> listener.closed(this));
        ChannelListeners.invokeChannelListener(this, closeListener);
    }

    @Override
    @SuppressWarnings("deprecation") // abstract in the superclass
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
        throw new IllegalStateException("the watchdog sends 100 Continue itself");
    }

    /** The watchdog sends the 100 itself when the handler reads. */
    @Override
    public boolean isContinueResponseSupported() {
        return false;
    }

    /** The handler reads no more. How the rest of the body is treated is decided after the response was sent. */
    @Override
    public void terminateRequestChannel(HttpServerExchange exchange) {
        inproc.stopReadingBody();
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
        inproc.abort();
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
                && inproc.invocation().exchange().getRequestHeaders().contains(Headers.UPGRADE);
    }

    @Override
    protected boolean isConnectSupported() {
        return false;
    }

    @Override
    protected void exchangeComplete(HttpServerExchange exchange) {
        inproc.handlerExchangeEnded();
    }

    @Override
    protected void setUpgradeListener(HttpUpgradeListener listener) {
        inproc.head().upgradeTo(listener);
    }

    @Override
    protected void setConnectListener(HttpUpgradeListener listener) {
        throw new IllegalStateException("no proxy");
    }

    /** The reader of the body checks the limit with each piece. */
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
