package dev.fnwatchdog.undertow;

import io.undertow.client.ClientCallback;
import io.undertow.client.ClientConnection;
import io.undertow.client.ClientExchange;
import io.undertow.client.ClientRequest;
import io.undertow.client.ClientResponse;
import io.undertow.client.ClientStatistics;
import io.undertow.client.ContinueNotification;
import io.undertow.client.PushCallback;
import io.undertow.util.AbstractAttachable;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.Option;
import org.xnio.XnioIoThread;
import org.xnio.XnioWorker;

/**
 * What Undertow's proxy asks of a connection and of its exchange, and does not need of ours: it sees a connection of its own
 * for each call, with one exchange on it, under which the real ones come and go.
 *
 * <p>Threads: the exchange's IO thread.
 */
abstract class PerCallConnection extends AbstractAttachable implements ClientConnection, ClientExchange {
    private final XnioIoThread thread;
    private final InetSocketAddress peer;

    // Mutable state
    private @Nullable ClientRequest request;
    private @Nullable ClientResponse response;
    private @Nullable ClientCallback<ClientExchange> responseListener;

    PerCallConnection(XnioIoThread thread, InetSocketAddress peer) {
        this.thread = thread;
        this.peer = peer;
    }

    @Override
    public final XnioIoThread getIoThread() {
        return thread;
    }

    @Override
    public final XnioWorker getWorker() {
        return thread.getWorker();
    }

    @Override
    public final SocketAddress getPeerAddress() {
        return peer;
    }

    @Override
    public final <A extends SocketAddress> @Nullable A getPeerAddress(Class<A> type) {
        return type.isInstance(peer) ? type.cast(peer) : null;
    }

    @Override
    public final @Nullable SocketAddress getLocalAddress() {
        return null;
    }

    @Override
    public final <A extends SocketAddress> @Nullable A getLocalAddress(Class<A> type) {
        return null;
    }

    @Override
    public final ChannelListener.Setter<? extends ClientConnection> getCloseSetter() {
        return listener -> {};
    }

    @Override
    public final void addCloseListener(ChannelListener<ClientConnection> listener) {}

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

    @Override
    public final boolean isUpgradeSupported() {
        return true;
    }

    final void asked(ClientRequest sent) {
        request = sent;
    }

    final boolean answered() {
        return response != null;
    }

    /** Gives the proxy the head of the answer. */
    final void answer(ClientResponse head) {
        response = head;
        if (responseListener != null) {
            responseListener.completed(this);
        }
    }

    @Override
    public final void setResponseListener(ClientCallback<ClientExchange> listener) {
        responseListener = listener;
    }

    @Override
    public final void setContinueHandler(ContinueNotification handler) {}

    @Override
    public final void setPushHandler(PushCallback callback) {}

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
            throw new IllegalStateException("no response has come");
        }
        return response;
    }

    @Override
    public final @Nullable ClientResponse getContinueResponse() {
        return null;
    }

    @Override
    public final PerCallConnection getConnection() {
        return this;
    }
}
