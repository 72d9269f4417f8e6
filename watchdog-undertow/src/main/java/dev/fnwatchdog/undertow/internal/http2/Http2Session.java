package dev.fnwatchdog.undertow.internal.http2;

/**
 * An HTTP/2 connection as the owner of its socket sees it.
 *
 * <p>Threads: the connection's I/O thread.
 */
public interface Http2Session {
    /**
     * Ends the connection without losing a request (RFC 9113 6.8, specification 7.12). It announces the end, serves the
     * requests that the client sends before it can know of that, names the last stream that is served, and closes when all have
     * ended.
     *
     * @param announced run after the last stream was named
     */
    void shutDown(Runnable announced);

    /** Ends all streams and releases the connection's resources after the socket was closed. */
    void closed();
}
