/** Class archives for an image, which a training run creates. */
@NullMarked
package dev.fnwatchdog.maven.image.archive;

import org.jspecify.annotations.NullMarked;
