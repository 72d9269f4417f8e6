/**
 * The watchdog's settings. They are read from environment variables, or built by {@link
 * dev.fnwatchdog.core.config.WatchdogConfigBuilder}, and validated once; all mistakes are reported together (specification 1.1, 1.4).
 *
 * <p>Imports no other package of the core.
 */
@NullMarked
package dev.fnwatchdog.core.config;

import org.jspecify.annotations.NullMarked;
