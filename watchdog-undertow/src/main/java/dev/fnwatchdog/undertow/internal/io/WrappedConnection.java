package dev.fnwatchdog.undertow.internal.io;

import java.io.IOException;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListeners;
import org.xnio.Option;
import org.xnio.StreamConnection;

/** Wraps the connection that owns the socket, and delegates to it what XNIO requires of any connection. */
public abstract class WrappedConnection extends StreamConnection {
    private final StreamConnection socket;

    public WrappedConnection(StreamConnection socket) {
        super(socket.getIoThread());
        this.socket = socket;
    }

    public final StreamConnection socket() {
        return socket;
    }

    @Override
    protected final void notifyReadClosed() {
        super.notifyReadClosed();
        ChannelListeners.invokeChannelListener(
                getSourceChannel(), getSourceChannel().getCloseListener());
    }

    @Override
    protected final void notifyWriteClosed() {
        super.notifyWriteClosed();
        ChannelListeners.invokeChannelListener(
                getSinkChannel(), getSinkChannel().getCloseListener());
    }

    @Override
    public final SocketAddress getPeerAddress() {
        return socket.getPeerAddress();
    }

    @Override
    public final SocketAddress getLocalAddress() {
        return socket.getLocalAddress();
    }

    @Override
    public final boolean supportsOption(Option<?> option) {
        return socket.supportsOption(option);
    }

    @Override
    public final <T> @Nullable T getOption(Option<T> option) throws IOException {
        return socket.getOption(option);
    }

    @Override
    public final <T> @Nullable T setOption(Option<T> option, @Nullable T value) throws IOException {
        return socket.setOption(option, value);
    }
}
