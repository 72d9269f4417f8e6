/** Runs a watchdog with a project's own classes: starts it, recompiles the project, replaces the function, and stops it. */
@NullMarked
package dev.fnwatchdog.maven.dev;

import org.jspecify.annotations.NullMarked;
