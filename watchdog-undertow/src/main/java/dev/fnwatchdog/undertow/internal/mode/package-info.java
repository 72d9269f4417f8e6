/** The interface of every mode to the handler chain, and the objects that a mode is created with. */
@NullMarked
package dev.fnwatchdog.undertow.internal.mode;

import org.jspecify.annotations.NullMarked;
