package dev.fnwatchdog.undertow.internal.http2;

import org.xnio.OptionMap;

/**
 * The options that all HTTP/2 connections of a listener share.
 *
 * @param undertow how requests are parsed
 * @param maxStreams the limit of concurrent streams on one connection
 * @param maxHeadBytes in bytes, counted as in RFC 9113 6.5.2
 * @param headMillis how long a head may take from its first byte to its last
 * @param idleMillis how long a connection without a request is kept
 */
public record Http2Options(OptionMap undertow, int maxStreams, int maxHeadBytes, long headMillis, long idleMillis) {}
