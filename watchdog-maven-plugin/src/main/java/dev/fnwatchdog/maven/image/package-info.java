/** Container images and layers: their content, and the registry, tar or daemon that they go to. */
@NullMarked
package dev.fnwatchdog.maven.image;

import org.jspecify.annotations.NullMarked;
