/**
 * HTTP/2 (RFC 9113) on one connection: frames, field blocks, flow control, streams, and the exchanges that Undertow's
 * handlers see. HPACK's tables and Huffman code are Undertow's.
 *
 * <p>May import Undertow and XNIO; imports nothing of the project. {@link dev.fnwatchdog.undertow.internal.http2.Http2Server}
 * is the entry.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.http2;

import org.jspecify.annotations.NullMarked;
