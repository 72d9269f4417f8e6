/**
 * The C library and the kernel, as far as processes need them; reached through {@code java.lang.foreign} on JDK
 * 22 and later.
 */
@NullMarked
package dev.fnwatchdog.core.process.posix;

import org.jspecify.annotations.NullMarked;
