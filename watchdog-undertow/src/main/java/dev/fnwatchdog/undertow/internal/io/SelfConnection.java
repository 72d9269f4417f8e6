package dev.fnwatchdog.undertow.internal.io;

import java.io.IOException;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.StreamConnection;

/**
 * Detects a connection whose two ends are one socket. A client that connects to a free port of its own machine may be
 * assigned the same port as its source port, and is then connected to itself: no server listens there.
 */
public final class SelfConnection {
    private SelfConnection() {}

    /**
     * Closes the connection and returns true where it is connected to itself. The port is then free at once for the
     * server that is to listen on it.
     */
    public static boolean closeIfSelf(StreamConnection connection) {
        if (!connection.getLocalAddress().equals(connection.getPeerAddress())) {
            return false;
        }
        try {
            // After a graceful close the port would stay in use for another minute.
            connection.setOption(Options.CLOSE_ABORT, true);
        } catch (IOException alreadyClosed) {
            // The connection is closed already, and does not occupy the port.
        }
        IoUtils.safeClose(connection);
        return true;
    }
}
