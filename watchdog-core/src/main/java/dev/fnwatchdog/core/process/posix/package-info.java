/**
 * Calls functions of the C library and the kernel for processes, through {@code java.lang.foreign} on JDK 22 and later.
 */
@NullMarked
package dev.fnwatchdog.core.process.posix;

import org.jspecify.annotations.NullMarked;
