/**
 * The frames of HTTP/2 and what is coded in them (RFC 9113, sections 4 to 7; RFC 7541). Nothing here knows of
 * streams' requests.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.http2.frame;

import org.jspecify.annotations.NullMarked;
