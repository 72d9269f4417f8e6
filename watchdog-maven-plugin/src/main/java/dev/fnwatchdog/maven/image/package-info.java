/** Container images and layers: what goes into them and where they go. */
@NullMarked
package dev.fnwatchdog.maven.image;

import org.jspecify.annotations.NullMarked;
