package dev.fnwatchdog.undertow.internal.http2.client;

import dev.fnwatchdog.undertow.internal.http2.frame.FlowWindow;

/**
 * The options of a connection to an upstream.
 *
 * @param maxStreams the limit of streams at once, beside that of the server
 * @param streamWindow how many bytes of a response may arrive before they are read
 * @param maxHeadBytes in bytes, counted as in RFC 9113 6.5.2; a longer head or trailer section resets its stream
 * @param pingAfterMillis how long nothing may arrive while streams are open before a PING asks whether the server lives
 * @param pingTimeoutMillis how long nothing may arrive after that PING before the connection ends
 */
public record ClientOptions(
        int maxStreams, int streamWindow, int maxHeadBytes, long pingAfterMillis, long pingTimeoutMillis) {
    private static final int MAX_STREAMS = 250;
    private static final int MAX_HEAD_BYTES = 1024 * 1024;
    private static final long PING_AFTER_MILLIS = 15_000;
    private static final long PING_TIMEOUT_MILLIS = 15_000;

    /** The options of connections to a function on the same machine. */
    public static final ClientOptions STANDARD =
            new ClientOptions(MAX_STREAMS, FlowWindow.INITIAL, MAX_HEAD_BYTES, PING_AFTER_MILLIS, PING_TIMEOUT_MILLIS);
}
