/**
 * One start of the watchdog with a stand-in for the function, so that its JVM writes an archive of the classes that it has
 * loaded (specification 10.1, 14).
 *
 * <p>Imports {@code config} of the core. The Maven plugin uses it as well.
 */
@NullMarked
package dev.fnwatchdog.core.process.training;

import org.jspecify.annotations.NullMarked;
