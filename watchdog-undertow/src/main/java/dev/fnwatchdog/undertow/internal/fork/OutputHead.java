package dev.fnwatchdog.undertow.internal.fork;

import dev.fnwatchdog.undertow.internal.http.MalformedMessageException;
import io.undertow.server.HttpServerExchange;
import java.nio.ByteBuffer;

/** The head of the response to which a process's output becomes the body. Threads: the exchange's I/O thread. */
sealed interface OutputHead permits FixedHead, CgiHead {
    /**
     * Consumes the bytes of the output that belong to the head.
     *
     * @return whether the head is complete, so that what remains of {@code output} is the body
     */
    boolean accept(ByteBuffer output) throws MalformedMessageException;

    /** Returns whether the response begins with the head, before any of its body has been printed. */
    boolean beginsAlone();

    /** Returns whether the response can have a body: otherwise the rest of the output is dropped (specification 4.19). */
    boolean bodyAllowed(HttpServerExchange exchange);

    /** Returns the error of an output that has ended before the head was complete. */
    MalformedMessageException incomplete();

    /** Sets status and fields of the response, except for those that frame its body. */
    void applyTo(HttpServerExchange exchange);

    /**
     * Returns the {@code Content-Length} of the response; -1: none.
     *
     * @param printed the length of the whole output behind the head; -1: not known yet
     */
    long contentLength(HttpServerExchange exchange, long printed);
}
