/**
 * The watchdog's settings: environment variables become checked values once, and all mistakes are told in one go
 * (contract 1).
 *
 * <p>Imports nothing else of the core.
 */
@NullMarked
package dev.fnwatchdog.core.config;

import org.jspecify.annotations.NullMarked;
