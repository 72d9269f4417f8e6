package dev.fnwatchdog.undertow.internal.http2;

/**
 * What a peer may make a connection hold.
 *
 * @param maxStreams the limit of concurrent streams
 * @param maxHeadBytes in bytes, counted as in RFC 9113 6.5.2
 * @param streamWindow how many bytes of a stream may arrive before they are read
 */
public record ConnectionLimits(int maxStreams, int maxHeadBytes, int streamWindow) {}
