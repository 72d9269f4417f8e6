package dev.fnwatchdog.undertow.internal.http2;

import dev.fnwatchdog.undertow.internal.http2.frame.FrameWriter;
import io.undertow.util.HeaderMap;

/**
 * The user of a stream: sends the message of this side, and receives the events of the peer's.
 *
 * <p>Threads: the connection's I/O thread.
 */
public interface StreamUser {
    /** Writes the head; {@code last} is true where nothing follows it. */
    void writeHead(FrameWriter frames, int stream, boolean last);

    /** Returns whether body bytes are sent; false where they are dropped (HEAD, 204, 304). */
    boolean hasBody();

    /** Called when the body is complete; returns an empty map where there are no trailers. */
    HeaderMap trailers();

    /** Called with the peer's trailers, at the end of its body. */
    void trailers(HeaderMap trailers);

    /** Called when the whole body, possibly empty, has arrived. */
    void bodyReceived();

    /** Called when a piece of the body was dropped, because it is not read any more. */
    void bodyDropped();

    /** Called when the reader stops before the whole body has arrived. */
    void bodyUnwanted();

    /** Called when the peer's body was read to its end. */
    void bodyRead();

    /** Called when the whole message has reached the socket. */
    void sent();

    /** Called when both sides have ended the stream; what has arrived may still be read. */
    void closed();

    /** Returns whether a complete body stays readable after an early end of the stream. */
    boolean keepsBody();

    /** Called when the stream has ended early: nothing more arrives, and nothing more can be sent. */
    void aborted(StreamAbort cause);
}
