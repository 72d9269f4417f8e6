/** Starting processes, through {@code posix_spawn} or the JDK, and learning of their end. */
@NullMarked
package dev.fnwatchdog.core.process.launch;

import org.jspecify.annotations.NullMarked;
