/**
 * inproc mode: a function in the watchdog's own JVM. {@link dev.fnwatchdog.undertow.internal.inproc.InprocMode}
 * is its entry.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.inproc;

import org.jspecify.annotations.NullMarked;
