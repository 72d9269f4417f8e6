/** The labels that an image has by default. Imports only Maven and the JDK. */
@NullMarked
package dev.fnwatchdog.maven.image.label;

import org.jspecify.annotations.NullMarked;
