/** A process with everything that it started: finding all of it in the process table, and killing it. */
@NullMarked
package dev.fnwatchdog.core.process.tree;

import org.jspecify.annotations.NullMarked;
