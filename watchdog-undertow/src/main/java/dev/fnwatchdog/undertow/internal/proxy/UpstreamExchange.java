package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.invocation.Invocation;
import dev.fnwatchdog.undertow.internal.io.IoThread;
import dev.fnwatchdog.undertow.internal.io.Transitions;
import io.undertow.client.ClientCallback;
import io.undertow.client.ClientConnection;
import io.undertow.client.ClientExchange;
import io.undertow.client.ClientRequest;
import io.undertow.client.ClientResponse;
import io.undertow.client.ClientStatistics;
import io.undertow.client.ContinueNotification;
import io.undertow.client.PushCallback;
import io.undertow.connector.ByteBufferPool;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AbstractAttachable;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.Option;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/**
 * One request to the function, as Undertow's {@code ProxyHandler} sees it: a client connection with a single exchange. The
 * connections below it come and go without the handler, which closes the whole client connection when one exchange fails; here
 * that ends one request alone, whatever the upstream's protocol.
 *
 * <p>The handler hears of success only: the watchdog's own responses to failures are sent in its place (specification 3.40).
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
abstract class UpstreamExchange extends AbstractAttachable implements ClientConnection, ClientExchange {
    /** The progress of an exchange. Each state can be followed by any later one. */
    enum State {
        /** The handler has not sent the request. */
        CREATED,
        /** The handler's {@link #sendRequest} is running. */
        STARTING,
        AWAITING_RESPONSE,
        /** The head of the response has been passed to the handler. */
        RESPONDING,
        /** Aborted, by whichever side. A complete exchange stays in the state before. */
        ABORTED;

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
    private State state = State.CREATED;
    private @Nullable ClientRequest request;
    private @Nullable ClientResponse response;
    private @Nullable ClientCallback<ClientExchange> responseListener;

    UpstreamExchange(Invocation invocation) {
        this.invocation = invocation;
    }

    final Invocation invocation() {
        return invocation;
    }

    final HttpServerExchange exchange() {
        return invocation.exchange();
    }

    @Override
    public final void sendRequest(ClientRequest sent, ClientCallback<ClientExchange> started) {
        if (state != State.CREATED) {
            return;
        }
        advanceTo(State.STARTING);
        request = sent;
        invocation.onAbort(this::abort);
        invocation.watchClient();
        connect();
        invocation.withRequestBuffer(() -> started.completed(this));
        if (state == State.STARTING) {
            advanceTo(State.AWAITING_RESPONSE);
            bodyStarted();
        }
    }

    private void advanceTo(State next) {
        assert invocation.loop().isCurrent() : "on " + Thread.currentThread();
        state = state.to(next);
    }

    /** Takes or opens a connection. The transfer of the body has not started. */
    abstract void connect();

    /** Called when the transfer of the body has started, and has sent what there was. */
    abstract void bodyStarted();

    /** Releases everything, because the exchange has been aborted. */
    abstract void aborted();

    /** Returns whether {@link #bodyStarted()} is still to come. */
    final boolean isStarting() {
        return state == State.STARTING;
    }

    final boolean isResponding() {
        return state == State.RESPONDING;
    }

    final boolean isAborted() {
        return state == State.ABORTED;
    }

    /** Passes the head of the response to the handler, which starts to transfer the body. */
    final void respond(ClientResponse head) {
        if (state == State.ABORTED || responseListener == null) {
            return;
        }
        advanceTo(State.RESPONDING);
        response = head;
        responseListener.completed(this);
    }

    /** Ends the exchange. Called when its invocation is aborted; without effect afterwards. */
    private void abort() {
        if (state != State.ABORTED) {
            advanceTo(State.ABORTED);
            aborted();
        }
    }

    /** The handler closes its connection when a transfer has failed: the client's response cannot be completed. */
    @Override
    public final void close() {
        invocation.abort();
    }

    @Override
    public final boolean isOpen() {
        return state != State.ABORTED;
    }

    @Override
    public final void setResponseListener(ClientCallback<ClientExchange> listener) {
        responseListener = listener;
    }

    @Override
    public final void setContinueHandler(ContinueNotification handler) {
        // A 100 goes to the client as every other interim response does, for which the handler has no place.
    }

    @Override
    public final void setPushHandler(PushCallback callback) {
        // isPushSupported() returns false.
    }

    @Override
    public final ClientRequest getRequest() {
        if (request == null) {
            throw new IllegalStateException("no request has been sent");
        }
        return request;
    }

    @Override
    public final ClientResponse getResponse() {
        if (response == null) {
            throw new IllegalStateException("no response has arrived");
        }
        return response;
    }

    @Override
    public final @Nullable ClientResponse getContinueResponse() {
        return null;
    }

    @Override
    public final ClientConnection getConnection() {
        return this;
    }

    @Override
    public final XnioIoThread getIoThread() {
        return invocation.loop().thread();
    }

    @Override
    public final XnioWorker getWorker() {
        return getIoThread().getWorker();
    }

    @Override
    public final ByteBufferPool getBufferPool() {
        return exchange().getConnection().getByteBufferPool();
    }

    /** Returns nothing: several connections may serve one exchange, one after the other. */
    @Override
    public final @Nullable SocketAddress getPeerAddress() {
        return null;
    }

    @Override
    public final <A extends SocketAddress> @Nullable A getPeerAddress(Class<A> type) {
        return null;
    }

    @Override
    public final @Nullable SocketAddress getLocalAddress() {
        return null;
    }

    @Override
    public final <A extends SocketAddress> @Nullable A getLocalAddress(Class<A> type) {
        return null;
    }

    /** Ignores listeners: the end of a connection that serves one exchange has no meaning of its own. */
    @Override
    public final ChannelListener.Setter<? extends ClientConnection> getCloseSetter() {
        return listener -> {};
    }

    @Override
    public final void addCloseListener(ChannelListener<ClientConnection> listener) {
        // As getCloseSetter().
    }

    @Override
    public final boolean supportsOption(Option<?> option) {
        return false;
    }

    @Override
    public final <T> @Nullable T getOption(Option<T> option) {
        return null;
    }

    @Override
    public final <T> @Nullable T setOption(Option<T> option, T value) {
        return null;
    }

    @Override
    public final boolean isPushSupported() {
        return false;
    }

    @Override
    public final boolean isMultiplexingSupported() {
        return false;
    }

    @Override
    public final @Nullable ClientStatistics getStatistics() {
        return null;
    }
}
