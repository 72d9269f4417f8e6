/** Finds classes of the function by their supertypes and annotations, without loading them. */
@NullMarked
package dev.fnwatchdog.undertow.internal.inproc.scan;

import org.jspecify.annotations.NullMarked;
