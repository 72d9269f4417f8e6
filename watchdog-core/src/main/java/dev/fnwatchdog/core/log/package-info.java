/**
 * What the watchdog prints: its own lines, one line for each request, and the function's output (specification 6). A
 * line is formatted by its caller and written by one thread per stream: no request ever waits for the reader of a log.
 *
 * <p>Imports only {@code config} of the core.
 */
@NullMarked
package dev.fnwatchdog.core.log;

import org.jspecify.annotations.NullMarked;
