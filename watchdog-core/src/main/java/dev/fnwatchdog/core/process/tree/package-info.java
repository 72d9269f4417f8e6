/** Process trees: finds a process and its descendants in the process table, and kills them. */
@NullMarked
package dev.fnwatchdog.core.process.tree;

import org.jspecify.annotations.NullMarked;
