/**
 * The log: the watchdog's own lines, one line for each request, and the function's output (specification 6). The thread that logs
 * formats a line, and one thread for each stream writes it, so that logging never blocks a request.
 *
 * <p>Imports only {@code config} of the core.
 */
@NullMarked
package dev.fnwatchdog.core.log;

import org.jspecify.annotations.NullMarked;
