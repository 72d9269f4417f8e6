package dev.fnwatchdog.undertow.internal.http2;

/** An HTTP/2 connection, as the one who owns its socket sees it. Threads: the connection's I/O thread. */
public interface Http2Session {
    /**
     * Ends the connection without losing a request (RFC 9113, section 6.8): announces that it ends, serves what the client
     * has sent until it can know that, names the last stream that is served, and closes once all are.
     *
     * @param announced run once the last stream was named
     */
    void shutDown(Runnable announced);

    /** The socket is closed: ends all streams, and releases what the connection holds. */
    void closed();
}
