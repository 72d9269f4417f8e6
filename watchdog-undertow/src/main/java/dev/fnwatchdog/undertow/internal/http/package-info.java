/**
 * HTTP's grammar, without connections: tokens, header fields, chunks, targets, hop-by-hop fields and trailers. This
 * package does not depend on requests in flight.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.http;

import org.jspecify.annotations.NullMarked;
