/** What every mode offers to the handler chain, and what it is made with. */
@NullMarked
package dev.fnwatchdog.undertow.internal.mode;

import org.jspecify.annotations.NullMarked;
