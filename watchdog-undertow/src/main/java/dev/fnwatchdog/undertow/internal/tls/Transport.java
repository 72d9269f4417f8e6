package dev.fnwatchdog.undertow.internal.tls;

import java.io.Closeable;
import java.io.IOException;
import org.xnio.StreamConnection;

/**
 * What carries requests over a TCP connection to the function: the connection itself, or TLS.
 *
 * <p>Threads: the connection's I/O thread.
 */
public interface Transport {
    /** The connection itself. */
    Transport CLEAR_TEXT = (connection, listener) -> {
        listener.secured(connection);
        return () -> {};
    };

    /** Receives the result, once, on the connection's I/O thread; it may be before {@link #secure} returns. */
    interface Listener {
        /** Receives the connection to use in place of the TCP connection. */
        void secured(StreamConnection connection);

        /**
         * Called when the connection cannot be used, and has been closed.
         *
         * @param reason with a message that continues "the function cannot be reached"
         */
        void refused(IOException reason);
    }

    /**
     * Prepares a new TCP connection for requests.
     *
     * @return abandons the preparation and closes the connection; without effect once there is a result
     */
    Closeable secure(StreamConnection connection, Listener listener);
}
