package dev.fnwatchdog.undertow.internal.io;

import java.io.IOException;
import org.xnio.IoUtils;
import org.xnio.Options;
import org.xnio.StreamConnection;

/**
 * A connection whose two ends are one socket. Who connects to a free port of his own machine may be given just that port
 * to connect from, and has then reached himself: nobody listens there.
 */
public final class SelfConnection {
    private SelfConnection() {}

    /** Closes it where it is one, so that the port is free at once for who is to listen there. */
    public static boolean closeIfSelf(StreamConnection connection) {
        if (!connection.getLocalAddress().equals(connection.getPeerAddress())) {
            return false;
        }
        try {
            // Closed in order it would keep the port for a minute more.
            connection.setOption(Options.CLOSE_ABORT, true);
        } catch (IOException gone) {
            // Then it holds nothing any more.
        }
        IoUtils.safeClose(connection);
        return true;
    }
}
