/**
 * The goals of {@code watchdog:}. Each collects what the project has, and hands it on; what it decides is decided in classes without Maven. May
 * import core and undertow, Maven, and, for images alone, jib.
 */
@NullMarked
package dev.fnwatchdog.maven;

import org.jspecify.annotations.NullMarked;
