package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.http2.frame.FieldSection;

/**
 * Serves the streams that the peer opens.
 *
 * <p>Threads: the connection's I/O thread.
 */
interface StreamOpener {
    /**
     * Serves a request.
     *
     * @param head a valid request head
     * @param endStream whether the request has no body
     * @param memory released with the stream
     */
    void open(Http2ServerConnection connection, int id, FieldSection head, boolean endStream, StreamMemory memory);
}
