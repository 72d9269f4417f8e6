package dev.fnwatchdog.undertow.internal.http2.frame;

/**
 * The pseudo-header fields of a request (RFC 9113 8.3.1).
 *
 * @param authority empty where the request names none
 */
public record RequestPseudoFields(String method, String scheme, String authority, String path) {}
