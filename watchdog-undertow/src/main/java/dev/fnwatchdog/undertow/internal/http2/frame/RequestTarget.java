package dev.fnwatchdog.undertow.internal.http2.frame;

/** The pseudo-header fields of a request (RFC 9113 8.3.1). */
public record RequestTarget(String method, String scheme, String authority, String path) {}
