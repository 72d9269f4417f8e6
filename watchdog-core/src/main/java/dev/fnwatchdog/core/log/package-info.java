/**
 * What the watchdog prints: its own lines, a line for each call, and the function's output (contract 6). Everything is
 * formatted by its caller and written by one thread a stream, so that no request ever waits for the reader of a log.
 *
 * <p>Imports {@code config} alone of the core.
 */
@NullMarked
package dev.fnwatchdog.core.log;

import org.jspecify.annotations.NullMarked;
