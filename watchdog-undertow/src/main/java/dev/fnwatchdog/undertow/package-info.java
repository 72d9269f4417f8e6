/**
 * The watchdog's HTTP server on Undertow: one chain of handlers in front of one handler a mode.
 *
 * <p>May import {@code dev.fnwatchdog.core}, Undertow, XNIO and the Servlet API. One flat package: only {@link Watchdog},
 * its builder and {@link Main} are public.
 */
@NullMarked
package dev.fnwatchdog.undertow;

import org.jspecify.annotations.NullMarked;
