/**
 * The watchdog's HTTP server on Undertow: one handler chain in front of one handler for each mode.
 *
 * <p>May import {@code dev.fnwatchdog.core}, Undertow, XNIO and the Servlet API. Only {@link Watchdog}, its builder and {@link
 * Main} are public; {@code internal} is not for other programs.
 */
@NullMarked
package dev.fnwatchdog.undertow;

import org.jspecify.annotations.NullMarked;
