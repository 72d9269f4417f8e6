/** Starts processes, through {@code posix_spawn} or the JDK, and reports their end. */
@NullMarked
package dev.fnwatchdog.core.process.launch;

import org.jspecify.annotations.NullMarked;
