/** Checks the registries of an image and of its base image. */
@NullMarked
package dev.fnwatchdog.maven.image.registry;

import org.jspecify.annotations.NullMarked;
