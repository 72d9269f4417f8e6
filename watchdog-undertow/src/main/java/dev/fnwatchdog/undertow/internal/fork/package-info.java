/**
 * Streaming and serializing mode, with one process for each request (specification 4.1). The entry point is {@link
 * dev.fnwatchdog.undertow.internal.fork.ForkMode}.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.fork;

import org.jspecify.annotations.NullMarked;
