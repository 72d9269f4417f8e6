/**
 * The watchdog's settings: environment variables are read and validated once, and all mistakes are reported together
 * (specification 1.1, 1.4).
 *
 * <p>Imports no other package of the core.
 */
@NullMarked
package dev.fnwatchdog.core.config;

import org.jspecify.annotations.NullMarked;
