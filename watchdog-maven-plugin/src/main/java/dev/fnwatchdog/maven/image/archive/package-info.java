/** Archives of classes for an image, made by a training run. */
@NullMarked
package dev.fnwatchdog.maven.image.archive;

import org.jspecify.annotations.NullMarked;
