/** Starts of the watchdog with an image's files on this machine. */
@NullMarked
package dev.fnwatchdog.maven.image.start;

import org.jspecify.annotations.NullMarked;
