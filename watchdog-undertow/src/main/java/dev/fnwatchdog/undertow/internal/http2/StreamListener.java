package dev.fnwatchdog.undertow.internal.http2;

import io.undertow.util.HeaderMap;

/** Whoever uses a stream: learns what happens on it. Threads: the connection's I/O thread. */
interface StreamListener {
    /** The peer's trailers; its body ends with them. */
    void trailers(HeaderMap trailers);

    /** A piece of the body came that is not wanted any more. */
    void bodyDropped();

    /** The peer's body was read to its end. */
    void bodyRead();

    /** What was sent has reached the socket, to the end. */
    void sent();

    /** The stream ended early: nothing more arrives, and nothing more can be sent. */
    void aborted();
}
