/**
 * inproc mode: runs the function in the watchdog's own JVM. The entry point is {@link
 * dev.fnwatchdog.undertow.internal.inproc.InprocMode}.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.inproc;

import org.jspecify.annotations.NullMarked;
