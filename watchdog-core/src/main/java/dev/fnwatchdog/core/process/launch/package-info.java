/** Starts processes, by {@code posix_spawn} or the JDK, and reports when they end. */
@NullMarked
package dev.fnwatchdog.core.process.launch;

import org.jspecify.annotations.NullMarked;
