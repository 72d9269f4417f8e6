/** Starts the watchdog with the files of an image, on this machine. */
@NullMarked
package dev.fnwatchdog.maven.image.start;

import org.jspecify.annotations.NullMarked;
