package dev.fnwatchdog.undertow.internal.http2.client;

import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;
import io.undertow.util.HeaderMap;
import org.xnio.conduits.StreamSinkConduit;
import org.xnio.conduits.StreamSourceConduit;

/**
 * One request to an upstream and its response. It occupies its connection until the request was sent or aborted and the response
 * was read or has ended early; {@link #reset} releases it in any case.
 *
 * <p>Threads: the connection's I/O thread.
 */
public interface ClientStream {
    int id();

    /**
     * Returns the sink of the request's body. {@code terminateWrites} ends the request, {@code truncateWrites} resets the stream.
     * It throws a {@link java.nio.channels.ClosedChannelException} where the stream has ended; the response may be valid then.
     */
    StreamSinkConduit request();

    /** Sets the trailers that end the request; without effect after its end. */
    void setTrailers(HeaderMap trailers);

    /**
     * Returns the source of the response's body, each piece of which is readable as soon as it arrives. Reading widens the
     * stream's window. {@code terminateReads} before the body is complete resets the stream.
     */
    StreamSourceConduit response();

    /** Resets this stream, drops what was not read, and calls the listener no more. */
    void reset(ErrorCode code);
}
