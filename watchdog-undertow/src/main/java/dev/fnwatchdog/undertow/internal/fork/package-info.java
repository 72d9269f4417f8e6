/**
 * streaming and serializing mode: one process for each request. {@link
 * dev.fnwatchdog.undertow.internal.fork.ForkMode} is its entry.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.fork;

import org.jspecify.annotations.NullMarked;
