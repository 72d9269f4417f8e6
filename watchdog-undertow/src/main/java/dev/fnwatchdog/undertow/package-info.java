/**
 * The watchdog's HTTP server on Undertow: one chain of handlers in front of one handler a mode.
 *
 * <p>May import {@code dev.fnwatchdog.core}, Undertow, XNIO and the Servlet API. Only {@link Watchdog},
 * its builder and {@link Main} are public; what lies under {@code internal} is not for other programs.
 */
@NullMarked
package dev.fnwatchdog.undertow;

import org.jspecify.annotations.NullMarked;
