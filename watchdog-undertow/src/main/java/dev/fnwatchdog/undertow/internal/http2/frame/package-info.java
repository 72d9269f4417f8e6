/**
 * HTTP/2 frames and the encoding of their fields (RFC 9113 4 to 7, RFC 7541). This package does not depend on requests.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.http2.frame;

import org.jspecify.annotations.NullMarked;
