package dev.fnwatchdog.undertow.internal.proxy;

import dev.fnwatchdog.undertow.internal.io.IoThread;
import io.undertow.client.ClientConnection;
import io.undertow.client.ClientExchange;
import io.undertow.client.ClientResponse;
import io.undertow.client.ClientStatistics;
import io.undertow.client.ContinueNotification;
import io.undertow.client.PushCallback;
import io.undertow.util.AbstractAttachable;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.Option;

/**
 * A client connection of Undertow that serves one exchange, and is that exchange: what has no meaning of its own then.
 *
 * <p>Threads: the exchange's I/O thread.
 */
@IoThread
abstract class SingleExchangeConnection extends AbstractAttachable implements ClientConnection, ClientExchange {
    @Override
    public final void setContinueHandler(ContinueNotification handler) {
        // A 100 goes to the client as every other interim response does, for which the handler has no place.
    }

    @Override
    public final void setPushHandler(PushCallback callback) {
        // isPushSupported() returns false.
    }

    @Override
    public final @Nullable ClientResponse getContinueResponse() {
        return null;
    }

    @Override
    public final ClientConnection getConnection() {
        return this;
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
