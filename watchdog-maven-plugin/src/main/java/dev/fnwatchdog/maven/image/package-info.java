/** Container images and layers: their content and their targets. */
@NullMarked
package dev.fnwatchdog.maven.image;

import org.jspecify.annotations.NullMarked;
