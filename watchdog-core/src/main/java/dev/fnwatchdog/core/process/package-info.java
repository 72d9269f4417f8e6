/**
 * Function processes: starts them, copies their output to the log, reports how they ended, and kills them with all their
 * descendants (specification 3.1, 3.47, 4.1, 4.11, 6.13).
 *
 * <p>Imports {@code config} and {@code log} of the core.
 */
@NullMarked
package dev.fnwatchdog.core.process;

import org.jspecify.annotations.NullMarked;
