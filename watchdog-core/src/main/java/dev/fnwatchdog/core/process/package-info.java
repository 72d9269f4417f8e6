/**
 * Function processes: starting them, passing on what they print, telling how they ended, and killing them with everything
 * that they started (specification 3 and 6).
 *
 * <p>Imports {@code config} and {@code log} of the core.
 */
@NullMarked
package dev.fnwatchdog.core.process;

import org.jspecify.annotations.NullMarked;
