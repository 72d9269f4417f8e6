package dev.fnwatchdog.undertow.internal.http2.client;

import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import io.undertow.util.HeaderMap;

/**
 * Receives the response on one stream. Methods may be called while a method of the stream is running, and an exception of theirs
 * resets the stream.
 *
 * <p>Threads: the connection's I/O thread.
 */
public interface ResponseListener {
    /** Called with each interim response (1xx). */
    void interim(int status, HeaderMap fields);

    /**
     * Called once with the final head.
     *
     * @param ended true where neither a body nor trailers follow; the body need not be read then
     */
    void head(int status, HeaderMap fields, boolean ended);

    /** Called with the trailers when they arrive: bytes of the body may not have been read yet. */
    void trailers(HeaderMap fields);

    /**
     * Called once when the stream has ended before the response was complete, unless {@link ClientStream#reset} has ended it.
     * Where the response was complete, it stays valid, and only the rest of the request cannot be sent.
     *
     * @param notProcessed whether the server has certainly not processed the request, so that it may be sent again
     */
    void reset(ErrorCode code, boolean notProcessed, String reason);
}
