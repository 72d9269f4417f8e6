package dev.fnwatchdog.undertow.internal.http2.client;

import dev.fnwatchdog.undertow.internal.http2.frame.ErrorCode;

/**
 * Receives the events of a connection to an upstream.
 *
 * <p>Threads: the connection's I/O thread.
 */
public interface ConnectionListener {
    /** Called when streams may be opened, after {@link Http2ClientConnection#available()} has returned 0. */
    void available();

    /** Called with each SETTINGS of the server, the first of which determine how many streams may be opened. */
    void settingsReceived();

    /**
     * Called once, when the connection is closed and all of its streams have ended.
     *
     * @param code NO_ERROR after a regular end
     */
    void closed(ErrorCode code, String reason);
}
