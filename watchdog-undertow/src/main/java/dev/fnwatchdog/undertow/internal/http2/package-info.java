/**
 * HTTP/2 on one connection (RFC 9113): what both sides share (field blocks, flow control, streams), and the server's side with
 * Undertow exchanges. HPACK's tables and Huffman code are Undertow's.
 *
 * <p>May import {@code internal.http}, {@code internal.io}, Undertow and XNIO. The entry point is {@link
 * dev.fnwatchdog.undertow.internal.http2.Http2Server}.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.http2;

import org.jspecify.annotations.NullMarked;
