/**
 * The layer between XNIO and the rest: workers, the state of each I/O thread, buffers, the memory budget, timeouts and
 * filters for conduits.
 */
@NullMarked
package dev.fnwatchdog.undertow.internal.io;

import org.jspecify.annotations.NullMarked;
