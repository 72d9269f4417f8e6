package dev.fnwatchdog.undertow.internal.connection;

import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/** Closes the connection when its socket is closed, unless it has been closed before. Threads: any. */
final class SocketCloseListener implements ChannelListener<StreamConnection> {
    // Mutable state
    private volatile @Nullable ServedConnection connection;

    SocketCloseListener(ServedConnection connection) {
        this.connection = connection;
    }

    void detach() {
        connection = null;
    }

    @Override
    public void handleEvent(StreamConnection socket) {
        IoUtils.safeClose(connection);
    }
}
