/**
 * HTTP/2 connections to upstreams, by prior knowledge (RFC 9113 3.3).
 *
 * <p>May import {@code internal.http2}, {@code internal.http2.frame} and {@code internal.io}, Undertow and XNIO. The entry point is {@link
 * dev.fnwatchdog.undertow.internal.http2.client.Http2ClientConnection}.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.http2.client;

import org.jspecify.annotations.NullMarked;
