package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.http2.frame.FieldSection;

/** Serves the streams that the peer opens. Threads: the connection's I/O thread. */
interface StreamOpener {
    /**
     * Serves a request.
     *
     * @param head checked
     * @param whole whether the request has no body
     * @param memory is released with the stream
     */
    void open(Http2Connection connection, int id, FieldSection head, boolean whole, StreamMemory memory);
}
