/** Checks of the registries that an image comes from or goes to. */
@NullMarked
package dev.fnwatchdog.maven.image.registry;

import org.jspecify.annotations.NullMarked;
