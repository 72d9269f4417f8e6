/**
 * The watchdog as a program and as a library: an HTTP server on Undertow, with one handler chain in front of one handler for each
 * mode. Programs that embed it start at {@link Watchdog}; the packages below {@code internal} are not for them.
 *
 * <p>May import {@code dev.fnwatchdog.core}, Undertow, XNIO and the Servlet API.
 */
@NullMarked
package dev.fnwatchdog.undertow;

import org.jspecify.annotations.NullMarked;
