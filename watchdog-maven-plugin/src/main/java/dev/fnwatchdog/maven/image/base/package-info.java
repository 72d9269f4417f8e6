/** The base image of an image, and the Java in it. */
@NullMarked
package dev.fnwatchdog.maven.image.base;

import org.jspecify.annotations.NullMarked;
